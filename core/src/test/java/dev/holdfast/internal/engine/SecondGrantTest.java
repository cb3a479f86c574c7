// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.spi.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A claim that is held, and is granted by an answer that comes late, or by a request that was carried out twice. */
final class SecondGrantTest {
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final HandMovedTime time = new HandMovedTime();
    private final AnsweringBackend store = new AnsweringBackend(time);
    private final List<Claim> asked = new ArrayList<>();
    private Holdfast client;
    private Lease lease;

    @BeforeEach
    void hold() {
        store.onAcquire = claim -> {
            asked.add(claim);
            claim.granted(asked.size() * 10L, time.nanoTime(), claim.leaseNanos());
        };
        client = Engine.open(store, LockOptions.defaults().withLeaseTime(LEASE), "", List.of(), null, time);
        lease = client.lock("x").tryAcquireAsync().join();
    }

    private void grantAgain(long revision, boolean briefly) {
        Claim claim = asked.get(0);
        if (briefly) {
            claim.grantedBriefly(revision, time.nanoTime(), LEASE.toNanos() / 10, claim.leaseNanos());
        } else {
            claim.granted(revision, time.nanoTime(), claim.leaseNanos());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void laterRevision_isALossOfTheFirst_andIsGivenBack(boolean briefly) {
        grantAgain(11, briefly);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.whenLost().toCompletableFuture()).isCompletedWithValue(LeaseLoss.TAKEN_OVER);
        assertThat(store.requests).containsExactly("acquire 1", "release 1");
        Lease next = client.lock("x").tryAcquireAsync().join();
        assertThat(next.token()).isGreaterThan(lease.token());
        assertThat(next.isHeld()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void earlierRevision_isAnOldAnswer(boolean briefly) {
        grantAgain(9, briefly);
        assertThat(lease.isHeld()).isTrue();
        assertThat(store.requests).containsExactly("acquire 1");
    }

    @Test
    void sameRevision_prolongsTheLease() {
        time.pass(Duration.ofSeconds(5));
        Duration before = lease.remaining();
        grantAgain(10, false);
        assertThat(lease.remaining()).isGreaterThan(before);
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void answerToAnEarlierRequest_thatComesAfterTheRelease_doesNotChangeItsOutcome() {
        store.onRelease = (claim, next) -> {
            claim.freed(true);
            claim.granted(10, time.nanoTime(), claim.leaseNanos());
        };
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(store.requests).containsExactly("acquire 1", "release 1", "withdraw 1");
    }

    @Test
    void waiterOfTheSameClient_isServedByANewClaim() {
        var waiter = client.lock("x").acquireAsync();
        assertThat(waiter).isNotDone();
        grantAgain(11, false);
        assertThat(waiter).isCompleted();
        assertThat(waiter.join().token()).isGreaterThan(lease.token());
        assertThat(store.requests).containsExactly("acquire 1", "release 1", "acquire 2");
    }
}
