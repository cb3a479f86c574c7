// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code release}, {@code withdraw} and {@code releaseAll}: what is freed, and what is not. */
interface ReleaseContract {
    @Test
    default void release_held_freesTheLock(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        Answer answer = holder.release(holder.take("job"));
        assertThat(answer.kind()).isEqualTo(Kind.FREED);
        assertThat(answer.flag()).as("held until now").isTrue();
        rival.take("job");
    }

    @Test
    default void release_twice_saysNotHeldTheSecondTime(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RecordingClaim claim = holder.take("job");
        holder.release(claim);
        Answer second = holder.release(claim);
        assertThat(second.kind()).isEqualTo(Kind.FREED);
        assertThat(second.flag()).isFalse();
    }

    @Test
    default void release_afterANewOwner_doesNotFreeHim(Scene scene) throws Exception {
        RawClient first = scene.raw();
        RawClient second = scene.raw();
        RawClient third = scene.raw();
        RecordingClaim old = first.take("job");
        first.release(old);
        second.take("job");
        assertThat(first.release(old).flag()).isFalse();
        assertThat(third.acquire(third.claim("job")).kind()).isEqualTo(Kind.BUSY);
    }

    @Test
    @Needs(Capability.LEASES)
    default void release_afterExpiry_doesNotFreeTheNewOwner(Scene scene) throws Exception {
        RawClient first = scene.raw();
        RawClient second = scene.raw();
        RawClient third = scene.raw();
        RecordingClaim old = first.take("job");
        second.acquireEventually(second.claim("job"));
        assertThat(first.release(old).flag()).isFalse();
        assertThat(third.acquire(third.claim("job")).kind()).isEqualTo(Kind.BUSY);
    }

    @Test
    @Needs(Capability.LINE)
    default void release_withANextClaim_queuesIt(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim claim = holder.take("job");
        RecordingClaim waiting = rival.waitingClaim("job");
        rival.acquire(waiting);
        RecordingClaim next = holder.waitingClaim("job");
        holder.release(claim, next);
        assertThat(next.await(0, scene.patience(), Set.of(Kind.QUEUED))).isNotNull();
        rival.acquireEventually(waiting);
        assertThat(next.answers(Kind.GRANTED))
                .as("the earlier waiter comes first")
                .isEmpty();
        rival.release(waiting);
        holder.acquireEventually(next);
    }

    @Test
    @Needs(Capability.LINE)
    default void release_withANextClaimAndNobodyWaiting_grantsIt(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RecordingClaim claim = holder.take("job");
        RecordingClaim next = holder.waitingClaim("job");
        holder.release(claim, next);
        holder.acquireEventually(next);
    }

    @Test
    @Needs(Capability.LOST_REPLY)
    default void release_replyWasLost_isFreedByTheRepeat(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim claim = holder.take("job");
        holder.link().loseNextReply();
        int seen = claim.count();
        holder.send(claim, () -> holder.backend().release(claim, null));
        scene.nothingIsLeft();
        Answer first = claim.await(seen, scene.callTimeout(), Set.of(Kind.FREED));
        if (first != null) {
            assertThat(first.flag())
                    .as("the backend repeated it by itself, and its first try freed the lock")
                    .isTrue();
        }
        assertThat(holder.release(claim).kind()).isEqualTo(Kind.FREED);
        rival.take("job");
    }

    @Test
    default void withdraw_granted_freesTheLock(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim claim = client.take("job");
        Answer answer = client.withdraw(claim);
        assertThat(answer.kind()).isEqualTo(Kind.FREED);
        rival.take("job");
    }

    @Test
    default void withdraw_waiting_leavesNothing(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient waiter = scene.raw();
        RawClient third = scene.raw();
        RecordingClaim held = holder.take("job");
        RecordingClaim waiting = waiter.waitingClaim("job");
        waiter.acquire(waiting);
        assertThat(waiter.withdraw(waiting).kind()).isEqualTo(Kind.FREED);
        holder.release(held);
        third.take("job");
        assertThat(waiting.answers(Kind.GRANTED)).isEmpty();
    }

    @Test
    default void withdraw_neverAsked_isFreedAndTouchesNobody(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient other = scene.raw();
        holder.take("job");
        Answer answer = other.withdraw(other.claim("job"));
        assertThat(answer.kind()).isEqualTo(Kind.FREED);
        assertThat(answer.flag()).isFalse();
        assertThat(other.acquire(other.claim("job")).kind()).isEqualTo(Kind.BUSY);
    }

    @Test
    @Needs(Capability.LATE_REQUEST)
    default void withdraw_requestArrivesLater_leavesNothing(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = client.waitingClaim("job");
        client.link().holdNextRequest();
        client.send(claim, () -> client.backend().acquire(claim));
        client.withdraw(claim);
        client.link().deliverHeldRequest();
        // A late grant is either refused by the store or answered, and then the engine withdraws again.
        scene.eventually("the late request is undone", () -> {
            if (!claim.answers(Kind.GRANTED, Kind.QUEUED).isEmpty()) {
                client.withdraw(claim);
            }
            return scene.store().residue().isEmpty();
        });
    }

    @Test
    default void releaseAll_heldAndWaiting_freesEverything(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RawClient rival = scene.raw();
        List<dev.holdfast.spi.Claim> claims = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            claims.add(client.take("job-" + i));
        }
        rival.take("taken");
        RecordingClaim waiting = client.waitingClaim("taken");
        client.acquire(waiting);
        claims.add(waiting);
        client.backend().releaseAll(claims, System.nanoTime() + scene.patience().toNanos());
        for (int i = 0; i < 20; i++) {
            rival.take("job-" + i);
        }
    }
}
