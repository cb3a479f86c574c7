// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockListener;
import dev.holdfast.LockOptions;
import dev.holdfast.Ordering;
import dev.holdfast.ReleaseResult;
import dev.holdfast.Tier;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers at awkward moments, and what must not stop the engine. */
class EngineTest {
    private final HandMovedTime time = new HandMovedTime();
    private final AnsweringBackend store = new AnsweringBackend(time);
    private final LockOptions options =
            LockOptions.defaults().withLeaseTime(Duration.ofSeconds(3)).withCallTimeout(Duration.ofMillis(200));

    private Holdfast open(Executor callbacks, LockListener... listeners) {
        return Engine.open(store, options, "", List.of(listeners), callbacks, time);
    }

    private Holdfast open() {
        return open(null);
    }

    private Lease hold(Holdfast client, String name) {
        return client.lock(name).tryAcquireAsync().join();
    }

    @Test
    void backendThatCannotBeLoaded_isClosed() {
        store.onOpen = () -> {
            throw new NoClassDefFoundError("a resource is missing");
        };
        assertThatThrownBy(this::open).isInstanceOf(NoClassDefFoundError.class);
        assertThat(store.requests).containsExactly("close");
    }

    @Test
    void grant_thatWasTakenAwayBeforeItsAnswerCame_isNeverHeld() {
        store.deployment = Deployment.of(Tier.L, Deployment.Expiry.SESSION);
        AtomicInteger asked = new AtomicInteger();
        store.onAcquire = claim -> {
            if (asked.incrementAndGet() == 1) {
                store.events.gone(claim, LeaseLoss.TAKEN_OVER);
            }
            claim.granted(asked.get(), Session.UNENDING);
        };
        Lease lease = open().lock("x").acquireAsync().join();
        assertThat(lease.storeRevision()).isEqualTo(2);
        assertThat(store.requests).containsSubsequence("acquire 1", "withdraw 1", "acquire 2");
    }

    @Test
    void callbackExecutorThatThrows_stopsNoRenewalOfOtherLeases() {
        Holdfast client = open(task -> {
            throw new IllegalStateException("full");
        });
        Lease one = hold(client, "one");
        one.whenLost().thenAccept(why -> {});
        Lease other = hold(client, "other");
        store.onRenew = claim -> {
            if (claim.name().equals("one")) {
                claim.gone(LeaseLoss.TAKEN_OVER);
            } else {
                claim.renewed(time.nanoTime());
            }
        };
        time.pass(Duration.ofSeconds(10));
        assertThat(one.isHeld()).isFalse();
        assertThat(other.isHeld()).isTrue();
    }

    @Test
    void backendThatThrowsAnError_isAFailureOfThatCallAlone() {
        Holdfast client = open();
        store.onAcquire = claim -> {
            throw new NoClassDefFoundError("planted");
        };
        assertThatThrownBy(() -> hold(client, "x")).hasCauseInstanceOf(BackendException.class);
        store.onAcquire = store::grant;
        assertThat(hold(client, "x").isHeld()).isTrue();
    }

    @Test
    void release_onASessionStoreThatIsDown_isRepeatedUntilItIsConfirmed() {
        store.deployment = Deployment.of(Tier.L, Deployment.Expiry.SESSION);
        store.onAcquire = claim -> claim.granted(7, Session.UNENDING);
        store.onRelease = (claim, next) -> {};
        Holdfast client = open();
        CompletableFuture<ReleaseResult> released =
                hold(client, "x").releaseAsync().toCompletableFuture();
        time.pass(Duration.ofSeconds(20));
        assertThat(released).isCompletedWithValue(ReleaseResult.UNCONFIRMED);
        store.onRelease = (claim, next) -> claim.freed(true);
        time.pass(Duration.ofSeconds(5));
        long sent = store.count("release 1");
        time.pass(Duration.ofSeconds(20));
        assertThat(store.count("release 1")).as("confirmed, so no more").isEqualTo(sent);
    }

    @Test
    void push_thatOvertakesTheAnswerTaken_isNotLost() {
        List<Claim> asked = new ArrayList<>();
        store.onAcquire = asked::add;
        CompletableFuture<Lease> waiting = open().lock("x").acquireAsync();
        store.events.wake("x");
        store.onAcquire = store::grant;
        asked.get(0).busy(Duration.ofSeconds(2).toNanos());
        assertThat(waiting).isDone();
    }

    @Test
    void rival_thatIsToldOfBeforeTheGrant_limitsTheHandovers() {
        store.deployment = store.deployment.withDemand(true);
        store.onAcquire = claim -> {
            store.events.contended(claim);
            store.grant(claim);
        };
        LockOptions few = options.withLocalHandovers(3);
        Holdfast client = open();
        List<CompletableFuture<Lease>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(client.lock("x", few).acquireAsync());
        }
        waiting.forEach(next -> next.join().releaseAsync());
        assertThat(store.requests.stream()
                        .filter(request -> request.startsWith("release"))
                        .count())
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void pause_forOthersNobodyCanSee_comesAfterALongStayAndNotWhenTheTurnsRunOut() {
        Holdfast client = open();
        Lease lease = client.lock("x").acquireAsync().join();
        int turns = 0;
        while (store.count("acquire 2") == 0) {
            lease = passOn(client, lease);
            turns++;
        }
        assertThat(turns).as("as many as one grant of the store has tokens for").isEqualTo(1024);
        time.pass(Duration.ofMillis(99));
        lease = passOn(client, lease);
        assertThat(store.count("release 2")).isZero();
        time.pass(Duration.ofMillis(1));
        CompletableFuture<Lease> next = client.lock("x").acquireAsync();
        lease.releaseAsync();
        assertThat(store.requests).as("others get their chance").endsWith("release 2");
        time.pass(options.pollInterval());
        assertThat(next).isCompleted();
    }

    @Test
    void pause_forOthersNobodyCanSee_comesAlsoIfNobodyWaitsHereNowAndThen() {
        Holdfast client = open();
        for (int i = 0; i < 9; i++) {
            Lease lease = passOn(client, hold(client, "x"));
            time.pass(Duration.ofMillis(10));
            lease.releaseAsync();
            time.pass(Duration.ofMillis(1));
        }
        Lease last = hold(client, "x");
        time.pass(Duration.ofMillis(10));
        last.releaseAsync();
        CompletableFuture<Lease> next = client.lock("x").acquireAsync();
        assertThat(store.requests).as("others get their chance").endsWith("release 10");
        time.pass(options.pollInterval().minusMillis(1));
        assertThat(store.requests).as("for as long as their next look may take").endsWith("release 10");
        time.pass(Duration.ofMillis(1));
        assertThat(next).isCompleted();
        next.join().releaseAsync();
        assertThat(client.lock("x").acquireAsync()).as("a new stay has begun").isCompleted();
    }

    @Test
    void pause_forOthersNobodyCanSee_comesAfterOneLongHoldThatOthersHereWaitedFor() {
        Holdfast client = open();
        Lease first = hold(client, "x");
        CompletableFuture<Lease> second = client.lock("x").acquireAsync();
        time.pass(Duration.ofSeconds(1));
        first.releaseAsync();
        assertThat(store.requests).endsWith("release 1");
        time.pass(options.pollInterval());
        assertThat(second).isCompleted();
    }

    @Test
    void pause_forOthersNobodyCanSee_isNotMadeByOneCallerAfterTheOther() {
        Holdfast client = open();
        for (int i = 0; i < 100; i++) {
            Lease lease = hold(client, "x");
            time.pass(Duration.ofMillis(10));
            lease.releaseAsync();
        }
        assertThat(store.count("release 100")).isOne();
    }

    /** A store that takes its time to confirm is not free meanwhile. */
    @Test
    void pause_forOthersNobodyCanSee_beginsWhenTheLockIsFree() {
        Holdfast client = open();
        Lease last = passOn(client, hold(client, "x"));
        time.pass(Duration.ofMillis(60));
        release(last, Duration.ofMillis(25));
        last = hold(client, "x");
        time.pass(Duration.ofMillis(60));
        release(last, Duration.ofMillis(25));
        CompletableFuture<Lease> next = client.lock("x").acquireAsync();
        assertThat(store.requests).endsWith("release 2");
        time.pass(options.pollInterval());
        assertThat(next).isCompleted();
    }

    private void release(Lease lease, Duration confirmation) {
        List<Claim> left = new ArrayList<>();
        store.onRelease = (claim, next) -> left.add(claim);
        lease.releaseAsync();
        time.pass(confirmation);
        left.get(0).freed(true);
    }

    @Test
    void pause_forOthersNobodyCanSee_thatACallerWhoDoesNotWaitEnds_isNotRepeatedForEachTurn() {
        Holdfast client = open();
        Lease first = hold(client, "x");
        CompletableFuture<Lease> second = client.lock("x").acquireAsync();
        CompletableFuture<Lease> third = client.lock("x").acquireAsync();
        time.pass(Duration.ofSeconds(1));
        first.releaseAsync();
        assertThat(client.lock("x").tryAcquireAsync()).isCompletedWithValue(null);
        assertThat(second).isCompleted();
        second.join().releaseAsync();
        assertThat(third).as("passed on").isCompleted();
        assertThat(third.join().storeRevision()).isEqualTo(second.join().storeRevision());
    }

    /** The lock goes from its holder to one that waits for it. */
    private static Lease passOn(Holdfast client, Lease lease) {
        CompletableFuture<Lease> next = client.lock("x").acquireAsync();
        lease.releaseAsync();
        return next.join();
    }

    @Test
    void leaseWithoutRenewal_isNotMadeLongerByAVerification() {
        Holdfast client = open();
        Lease lease = client.lock("x", options.withAutoRenewal(false))
                .tryAcquireAsync()
                .join();
        for (int i = 0; i < 4; i++) {
            time.pass(Duration.ofMillis(700));
            store.events.verify();
        }
        time.pass(Duration.ofMillis(300));
        assertThat(lease.isHeld()).isFalse();
    }

    /** The monotonic clock may have stood still with the machine, and the session may be long over. */
    @Test
    void machineStoodStill_leaseOfASession_isVerifiedOnceItGoesOn() {
        Holdfast client = open();
        long until = time.nanoTime() + Duration.ofMinutes(10).toNanos();
        store.onAcquire = claim -> claim.granted(1, () -> until);
        Lease lease = hold(client, "x");
        time.pass(Duration.ofSeconds(3));
        assertThat(store.count("renew 1")).isZero();
        time.wallMillis += 60_000;
        time.pass(Duration.ofSeconds(2));
        assertThat(store.count("renew 1")).isEqualTo(1);
        time.pass(Duration.ofSeconds(60));
        assertThat(store.count("renew 1")).isEqualTo(1);
        assertThat(lease.isHeld()).isTrue();
        lease.releaseAsync();
        time.wallMillis += 60_000;
        time.pass(Duration.ofSeconds(2));
        assertThat(store.count("renew 1")).isEqualTo(1);
    }

    @Test
    void release_duringWhichTheGrantIsAnsweredAgain_isStillReleased() {
        Holdfast client = open();
        long sent = time.nanoTime();
        Lease lease = hold(client, "x");
        store.onRelease = (claim, next) -> {
            claim.granted(lease.storeRevision(), sent, claim.leaseNanos());
            claim.freed(true);
        };
        assertThat(lease.releaseAsync().toCompletableFuture()).isCompletedWithValue(ReleaseResult.RELEASED);
    }

    @Test
    void request_thatMayHaveBeenAppliedAfterItsWithdrawal_isWithdrawnAgain() {
        List<Claim> asked = new ArrayList<>();
        store.onAcquire = asked::add;
        CompletableFuture<Lease> waiting = open().lock("x").acquireAsync();
        waiting.cancel(false);
        assertThat(store.count("withdraw 1")).isEqualTo(1);
        asked.get(0).failed(BackendException.transientFault("answering", "x", "cut", null), true);
        assertThat(store.count("withdraw 1")).isEqualTo(2);
    }

    @Test
    void arrivalOrder_whileARivalWaits_goesBackToTheStore() {
        store.deployment = store.deployment.withDemand(true);
        LockOptions strict = options.withOrdering(Ordering.ARRIVAL);
        Holdfast client = open();
        Lease first = client.lock("x", strict).acquireAsync().join();
        CompletableFuture<Lease> second = client.lock("x", strict).acquireAsync();
        store.events.contended(claimOf(first));
        first.releaseAsync();
        assertThat(second.join().storeRevision()).isGreaterThan(first.storeRevision());
    }

    @Test
    void minHold_afterAHandover_hasALeaseThatOutlivesACrash() {
        LockOptions kept = options.withMinHold(Duration.ofSeconds(3));
        Holdfast client = open();
        Lease first = client.lock("x").acquireAsync().join();
        CompletableFuture<Lease> second = client.lock("x", kept).acquireAsync();
        time.pass(Duration.ofMillis(50));
        first.releaseAsync();
        time.pass(Duration.ofMillis(50));
        assertThat(second.join().storeRevision()).isGreaterThan(first.storeRevision());
    }

    @Test
    void minHold_ofAGrantThatTheStoreMakesForAMoment_beginsWithTheWholeLease() {
        store.onAcquire = claim -> {
            if (store.requests.size() == 1) {
                claim.grantedBriefly(7, time.nanoTime(), 1_000_000_000L, claim.leaseNanos());
            } else {
                claim.granted(7, time.nanoTime(), claim.leaseNanos());
            }
        };
        Holdfast client = open();
        Lease kept = client.lock("x", options.withMinHold(Duration.ofSeconds(3)))
                .acquireAsync()
                .join();
        assertThat(store.requests).containsExactly("acquire 1", "acquire 1");
        assertThat(kept.remaining()).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void wake_thatOvertakesAPlaceInLine_isNotLost() {
        store.deployment = store.deployment.withLine(true);
        store.onAcquire = claim -> {
            if (store.requests.size() == 1) {
                store.events.wake("x");
                claim.queued();
            } else {
                store.grant(claim);
            }
        };
        assertThat(open().lock("x").acquireAsync()).isCompleted();
    }

    @Test
    void acquire_withoutADeadline_failsAfterOneLeaseTimeOfSilence() {
        store.onAcquire = claim -> {};
        CompletableFuture<Lease> waiting = open().lock("x").acquireAsync();
        time.pass(Duration.ofMillis(2_900));
        assertThat(waiting).isNotDone();
        time.pass(Duration.ofMillis(1_300));
        assertThat(waiting).isCompletedExceptionally();
    }

    @Test
    void events_ofALease_comeInTheirOrder() {
        List<String> heard = new ArrayList<>();
        Holdfast client = open(null, new LockListener() {
            @Override
            public void acquired(Lease lease, Duration waited) {
                heard.add("acquired");
                throw new IllegalStateException("planted");
            }

            @Override
            public void released(Lease lease, Duration held) {
                heard.add("released");
            }
        });
        hold(client, "x").releaseAsync();
        assertThat(heard).containsExactly("acquired", "released");
    }

    @Test
    void close_tellsEveryLeaseBeforeItReleasesAny() {
        Holdfast client = open();
        Lease one = hold(client, "one");
        Lease two = hold(client, "two");
        client.close();
        assertThat(one.isHeld() || two.isHeld()).isFalse();
        assertThat(one.whenLost().toCompletableFuture()).isCompletedWithValue(LeaseLoss.CLIENT_CLOSED);
        assertThat(store.requests).endsWith("close").contains("released in bulk 1", "released in bulk 2");
    }

    private static Claim claimOf(Lease lease) {
        return ((Ticket) lease).claim();
    }
}
