// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** {@code acquire}: who is granted, and from when on the grant counts. */
interface GrantContract {
    @Test
    default void deployment_isAsTheFixtureSays(Scene scene) {
        RawClient client = scene.raw();
        assertThat(client.isLeased()).isEqualTo(!scene.lacks(Capability.LEASES));
        assertThat(client.deployment().line()).isEqualTo(!scene.lacks(Capability.LINE));
        assertThat(client.deployment().demand()).isEqualTo(!scene.lacks(Capability.DEMAND));
        assertThat(client.backend().id()).matches("[a-z][a-z0-9-]*");
    }

    @Test
    default void acquire_freeLock_isGranted(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = client.claim("job");
        Answer answer = client.acquire(claim);
        assertThat(answer.kind()).isEqualTo(Kind.GRANTED);
        assertThat(answer.revision()).isPositive();
        assertThat(answer.isValidAt(System.nanoTime())).isTrue();
        if (client.isLeased()) {
            assertThat(answer.leaseNanos()).isGreaterThanOrEqualTo(claim.leaseNanos());
        } else {
            assertThat(answer.session()).isNotNull();
        }
    }

    @Test
    default void acquire_takenLockWithoutWaiting_isBusy(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        holder.take("job");
        assertThat(rival.acquire(rival.claim("job")).kind()).isEqualTo(Kind.BUSY);
        assertThat(holder.acquire(holder.claim("job")).kind())
                .as("within one client")
                .isEqualTo(Kind.BUSY);
    }

    @Test
    default void acquire_takenLockWaiting_isQueuedOrBusyAndNothingElse(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        holder.take("job");
        Answer answer = rival.acquire(rival.waitingClaim("job"));
        if (rival.deployment().line()) {
            assertThat(answer.kind()).isEqualTo(Kind.QUEUED);
        } else {
            // Without a line, a store may all the same tell a claim when it is granted.
            assertThat(answer.kind()).isIn(Kind.QUEUED, Kind.BUSY);
        }
    }

    @Test
    default void acquire_again_findsItsOwnGrant(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim claim = holder.claim("job");
        Answer first = holder.acquire(claim);
        Answer second = holder.acquire(claim);
        assertThat(second.kind()).isEqualTo(Kind.GRANTED);
        assertThat(second.revision()).as("one grant has one revision").isEqualTo(first.revision());
        assertThat(rival.acquire(rival.claim("job")).kind()).isEqualTo(Kind.BUSY);
        assertThat(holder.release(claim).flag()).isTrue();
        assertThat(rival.acquire(rival.claim("job")).kind())
                .as("one release ends all that the claim made")
                .isEqualTo(Kind.GRANTED);
    }

    @Test
    default void acquire_otherName_isNotExcluded(Scene scene) throws Exception {
        RawClient client = scene.raw();
        client.take("job");
        client.take("job2");
        client.take("jo");
    }

    @Test
    default void acquire_manyClientsAtOnce_oneIsGranted(Scene scene) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(scene.raw());
        }
        for (int round = 0; round < 40; round++) {
            String key = "job-" + round;
            CyclicBarrier start = new CyclicBarrier(clients.size());
            List<Scene.Running<Answer>> answers = new ArrayList<>();
            long before = System.nanoTime();
            for (RawClient client : clients) {
                answers.add(scene.async(() -> {
                    RecordingClaim claim = client.claim(key);
                    start.await();
                    return client.acquire(claim);
                }));
            }
            int granted = 0;
            for (Scene.Running<Answer> answer : answers) {
                granted += answer.get().kind() == Kind.GRANTED ? 1 : 0;
            }
            // On a busy machine a round may take longer than the first one's lease, and the next one is right to have
            // it then.
            long leases =
                    (System.nanoTime() - before) / clients.get(0).leaseTime().toNanos();
            assertThat((long) granted).as("grants of %s", key).isLessThanOrEqualTo(1 + leases);
        }
    }

    @Test
    @Needs(Capability.LEASES)
    default void granted_countsFromBeforeTheRequest(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = client.claim("job");
        long before = System.nanoTime();
        Answer answer = client.acquire(claim);
        assertThat(answer.sentNanos()).isBetween(before, answer.atNanos());
    }

    @Test
    @Needs({Capability.LEASES, Capability.STALL})
    default void granted_replyIsLate_countsFromTheRequest(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = client.claim("job");
        client.link().stall();
        client.send(claim, () -> client.backend().acquire(claim));
        scene.eventually("the request arrived", () -> !scene.store().residue().isEmpty());
        long applied = System.nanoTime();
        scene.throughout(
                Duration.ofMillis(100),
                "not granted",
                () -> claim.answers(Kind.GRANTED).isEmpty());
        client.link().heal();
        Answer answer = claim.await(0, scene.patience(), java.util.Set.of(Kind.GRANTED, Kind.FAILED));
        if (Objects.requireNonNull(answer, "no answer after the stall").kind() == Kind.GRANTED) {
            assertThat(applied - answer.sentNanos())
                    .as("from the request to its arrival")
                    .isNotNegative();
        }
    }

    @Test
    @Needs(Capability.LOST_REPLY)
    default void acquire_replyWasLost_findsItsOwnGrant(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim claim = client.claim("job");
        client.link().loseNextReply();
        client.send(claim, () -> client.backend().acquire(claim));
        scene.eventually("the request arrived", () -> !scene.store().residue().isEmpty());
        assertThat(client.acquire(claim).kind()).isEqualTo(Kind.GRANTED);
        assertThat(rival.acquire(rival.claim("job")).kind()).isEqualTo(Kind.BUSY);
        client.release(claim);
        assertThat(rival.acquire(rival.claim("job")).kind())
                .as("no ghost is left")
                .isEqualTo(Kind.GRANTED);
    }

    @Test
    @Needs(Capability.DUPLICATE)
    default void acquire_requestArrivesTwice_isOneGrant(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RawClient rival = scene.raw();
        client.link().duplicateNextRequest();
        RecordingClaim claim = client.take("job");
        client.release(claim);
        assertThat(rival.acquire(rival.claim("job")).kind()).isEqualTo(Kind.GRANTED);
    }
}
