// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.Tier;
import dev.holdfast.spi.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A lock that the store passed on for a moment only, and a re-check whose time the store names. */
final class BriefGrantTest {
    private static final long BRIEF = 3_000_000_000L;

    private final HandMovedTime time = new HandMovedTime();
    private final AnsweringBackend store = new AnsweringBackend(time);
    private final LockOptions options = LockOptions.defaults().withLeaseTime(Duration.ofSeconds(30));

    private Holdfast open(LockOptions terms) {
        store.deployment =
                Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK).withLine(true).withDemand(true);
        store.onAcquire = claim -> claim.grantedBriefly(7, time.nanoTime(), BRIEF, claim.leaseNanos());
        return Engine.open(store, terms, "", List.of(), null, time);
    }

    private static Lease hold(Holdfast client) {
        return client.lock("x").tryAcquireAsync().join();
    }

    @Test
    void briefGrant_isValidForThatTimeOnly() {
        Lease lease = hold(open(options));
        store.onRenew = claim -> claim.notRenewed(BackendException.transientFault("a", "x", "down", null));
        assertThat(lease.remaining()).isLessThan(Duration.ofSeconds(3));
        time.pass(Duration.ofSeconds(3));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.whenLost().toCompletableFuture()).isCompletedWithValue(LeaseLoss.BACKEND_UNREACHABLE);
    }

    @Test
    void briefGrant_isRenewedAfterAThirdOfIt_andLastsTheWholeLeaseThen() {
        Lease lease = hold(open(options));
        time.pass(Duration.ofMillis(900));
        assertThat(store.count("renew 1")).isZero();
        time.pass(Duration.ofMillis(200));
        assertThat(store.count("renew 1")).isEqualTo(1);
        assertThat(lease.remaining()).isGreaterThan(Duration.ofSeconds(25));
        assertThat(lease.leaseTime()).isEqualTo(Duration.ofSeconds(30));
        time.pass(Duration.ofSeconds(8));
        assertThat(store.count("renew 1")).as("then at a third of the lease").isEqualTo(1);
    }

    @Test
    void briefGrant_withoutAutoRenewal_isRenewedOnceToTheWholeLease() {
        Lease lease = hold(open(options.withAutoRenewal(false)));
        time.pass(Duration.ofSeconds(20));
        assertThat(store.count("renew 1")).isEqualTo(1);
        assertThat(lease.isHeld()).isTrue();
        time.pass(Duration.ofSeconds(15));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.whenLost().toCompletableFuture()).isCompletedWithValue(LeaseLoss.EXPIRED);
    }

    @Test
    void briefGrant_releasedBeforeAThirdOfIt_costsNoRenewal() {
        Lease lease = hold(open(options));
        time.pass(Duration.ofMillis(500));
        lease.releaseAsync();
        time.pass(Duration.ofSeconds(30));
        assertThat(store.requests).containsExactly("acquire 1", "release 1");
    }

    @Test
    void briefGrantThatComesAgain_doesNotProlongTheLease() {
        Holdfast client = open(options);
        store.onAcquire = claim -> {
            claim.grantedBriefly(7, time.nanoTime(), BRIEF, claim.leaseNanos());
            claim.grantedBriefly(7, time.nanoTime() + 1_000_000_000L, BRIEF, claim.leaseNanos());
        };
        assertThat(hold(client).remaining()).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void queued_withATimeForTheRecheck_asksThenAndNotLater() {
        Holdfast client = open(options);
        store.onAcquire = claim -> claim.queued(400_000_000L);
        CompletableFuture<Lease> waiting = client.lock("x").acquireAsync();
        time.pass(Duration.ofMillis(390));
        assertThat(store.count("acquire 1")).isEqualTo(1);
        time.pass(Duration.ofMillis(20));
        assertThat(store.count("acquire 1")).isEqualTo(2);
        assertThat(waiting).isNotDone();
    }

    @Test
    void queued_withALateTimeForTheRecheck_asksAtTheUsualTime() {
        Holdfast client = open(options);
        store.onAcquire = claim -> claim.queued(60_000_000_000L);
        CompletableFuture<Lease> waiting = client.lock("x").acquireAsync();
        time.pass(Duration.ofMillis(5_100));
        assertThat(store.count("acquire 1")).isEqualTo(2);
        assertThat(waiting).isNotDone();
    }
}
