// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a backend answers when the store says nothing: that it does not know, or nothing. */
interface OutageContract {
    @Test
    @Needs(Capability.SILENCE)
    default void acquire_inSilence_isNeitherGrantedNorBusy(Scene scene) throws Exception {
        RawClient client = scene.raw();
        client.link().silence();
        RecordingClaim claim = client.waitingClaim("job");
        client.send(claim, () -> client.backend().acquire(claim));
        scene.throughout(
                scene.callTimeout().plusMillis(100),
                "an outage is not busy",
                () -> claim.answers(Kind.GRANTED, Kind.BUSY, Kind.QUEUED).isEmpty());
        for (Answer failed : claim.answers(Kind.FAILED)) {
            assertThat(Objects.requireNonNull(failed.cause()).isTransient()).isTrue();
            assertThat(failed.cause()).hasMessageMatching("(?s).{10,}");
        }
        client.link().heal();
        client.acquireEventually(claim);
    }

    @Test
    @Needs({Capability.SILENCE, Capability.LEASES})
    default void renew_inSilence_isNotKnown(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = new RecordingClaim("job", Duration.ofSeconds(30), false);
        client.acquire(claim);
        client.link().silence();
        client.send(claim, () -> client.backend().renew(List.of(claim)));
        scene.throughout(
                scene.callTimeout().plusMillis(100),
                "neither renewed nor gone",
                () -> claim.answers(Kind.RENEWED, Kind.GONE).isEmpty());
        client.link().heal();
        scene.eventually("renewed again", () -> client.renew(claim).kind() == Kind.RENEWED);
    }

    @Test
    @Needs(Capability.SILENCE)
    default void release_inSilence_isNotConfirmed(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = client.take("job");
        client.link().silence();
        client.send(claim, () -> client.backend().release(claim, null));
        scene.throughout(
                scene.callTimeout().plusMillis(100),
                "not confirmed",
                () -> claim.answers(Kind.FREED).isEmpty());
        client.link().heal();
        scene.eventually("freed by the repeat", () -> client.release(claim).kind() == Kind.FREED);
        scene.nothingIsLeft();
    }

    @Test
    @Needs(Capability.SILENCE)
    default void call_inSilence_blocksOnlyABlockingBackend(Scene scene) throws Exception {
        RawClient client = scene.raw();
        client.link().silence();
        RecordingClaim claim = client.claim("job");
        claim.giveUpAfter(scene.callTimeout());
        Pulse pulse = scene.pulse();
        Duration taken = scene.async(() -> {
                    long before = System.nanoTime();
                    client.backend().acquire(claim);
                    return Duration.ofNanos(System.nanoTime() - before);
                })
                .get();
        if (client.deployment().blocking()) {
            assertThat(taken).isLessThan(scene.callTimeout().plusSeconds(2));
            assertThat(claim.count())
                    .as("a blocking backend answers before it returns")
                    .isPositive();
        } else {
            assertThat(taken).isLessThan(Duration.ofMillis(200).plus(pulse.stoodStill()));
        }
    }

    @Test
    @Needs(Capability.FOREIGN_RECORD)
    default void acquire_foreignRecord_failsForGood(Scene scene) throws Exception {
        RawClient client = scene.raw();
        scene.store().spoil("job");
        Answer answer = client.acquire(client.claim("job"));
        assertThat(answer.kind()).isEqualTo(Kind.FAILED);
        assertThat(Objects.requireNonNull(answer.cause()).isTransient()).isFalse();
        assertThat(answer.cause()).hasMessageMatching("(?s).{15,}");
    }
}
