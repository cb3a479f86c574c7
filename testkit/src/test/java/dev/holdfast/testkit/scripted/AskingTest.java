// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.ClientClosedException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.LockTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** When the store is asked, how often, and what its answers and its silence mean to a caller. */
class AskingTest {
    private static BackendException outage() {
        return BackendException.transientFault("scripted", Race.LOCK, "down for a moment", null);
    }

    private static BackendException refused() {
        return BackendException.fatal("scripted", Race.LOCK, "wrong password", null);
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Attempted tryAcquire(Race race, Client client) {
        return race.attempt(client, client.locks.lock(Race.LOCK).tryAcquireAsync());
    }

    @Test
    void placeInLine_isCheckedAfterHalfALease() {
        Race race = Race.plain();
        Client a = race.client("A");
        Client b = race.client("B");
        race.hold(a);
        race.acquire(b);
        race.quiet();
        long sent = b.link.requests();
        race.pass(ms(1_499));
        assertThat(b.link.requests()).isEqualTo(sent);
        race.pass(ms(1));
        assertThat(b.link.requests()).isEqualTo(sent + 1);
    }

    @Test
    void placeInLine_isCheckedAfterFiveSecondsAtTheLatest() {
        Race race = Race.plain();
        Client a = race.client("A", 0, LockOptions.defaults());
        Client b = race.client("B", 0, LockOptions.defaults());
        race.hold(a);
        race.acquire(b);
        race.quiet();
        long sent = b.link.requests();
        race.pass(ms(4_999));
        assertThat(b.link.requests()).isEqualTo(sent);
        race.pass(ms(1));
        assertThat(b.link.requests()).isEqualTo(sent + 1);
    }

    @Test
    void lostPush_isFoundByTheCheck() {
        Race race = Race.plain();
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        Attempted waiting = race.acquire(b);
        race.quiet();
        b.link.dropPushes();
        held.release();
        race.pass(ms(1_500));
        assertThat(waiting.isHeld()).isTrue();
        // The grant counts from the last contact before it, so it is renewed at once.
        assertThat(waiting.lease().remaining()).isEqualTo(ms(2_970));
        assertThat(b.link.requests()).isEqualTo(3);
    }

    @Test
    void polls_areJitteredByHalfAnInterval() {
        for (long percent : List.of(0L, 50L, 95L)) {
            Race race = Race.plain(store -> store.line(false).demand(false));
            Client a = race.client("A");
            Client b = race.client("B");
            b.platform.random(bound -> bound * percent / 100);
            race.hold(a);
            race.acquire(b);
            race.quiet();
            long sent = b.link.requests();
            long wait = 10 + 20 * percent / 100;
            race.pass(ms(wait).minusMillis(1));
            assertThat(b.link.requests()).isEqualTo(sent);
            race.pass(ms(1));
            assertThat(b.link.requests()).isEqualTo(sent + 1);
        }
    }

    @Test
    void wake_isFasterThanThePoll() {
        Race race = Race.plain(store -> store.line(false).demand(false).wakes(true));
        Client a = race.client("A");
        Client b = race.client("B", 0, Race.OPTIONS.withPollInterval(Duration.ofMinutes(1)));
        Attempted held = race.hold(a);
        Attempted waiting = race.acquire(b);
        race.quiet();
        held.release();
        race.quiet();
        assertThat(waiting.isHeld()).isTrue();
    }

    @Test
    void manyWaiters_areOneClaim() {
        Race race = Race.plain();
        Client a = race.client("A");
        Client b = race.client("B");
        race.hold(a);
        for (int i = 0; i < 1_000; i++) {
            race.acquire(b);
        }
        race.quiet();
        assertThat(b.link.requests()).isEqualTo(1);
        assertThat(race.store.residue()).hasSize(2);
    }

    @Test
    void fatalAnswer_failsAtOnce() {
        Race race = Race.plain();
        Client a = race.client("A");
        a.link.refuse(1, refused(), false);
        Attempted asked = race.acquire(a);
        race.quiet();
        assertThat(asked.failure()).isInstanceOf(BackendException.class).hasMessageContaining("wrong password");
        assertThat(((BackendException) asked.failure()).isTransient()).isFalse();
        assertThat(a.link.requests()).isEqualTo(1);
    }

    @Test
    void transientAnswer_isTriedAgain() {
        Race race = Race.plain();
        Client a = race.client("A");
        a.link.refuse(3, outage(), false);
        Attempted asked = race.acquire(a);
        race.pass(ms(200));
        assertThat(asked.isHeld()).isTrue();
        assertThat(a.link.requests()).isEqualTo(4);
    }

    @Test
    void transientAnswer_failsATry_andIsNotBusy() {
        Race race = Race.plain();
        Client a = race.client("A");
        a.link.refuse(1, outage(), false);
        Attempted tried = tryAcquire(race, a);
        race.quiet();
        assertThat(tried.failure()).isInstanceOf(BackendException.class).hasMessageContaining("down for a moment");
    }

    @Test
    void outage_atTheDeadline_isNotATimeout() {
        Race race = Race.plain();
        Client a = race.client("A");
        a.link.refuse(1_000_000, outage(), true);
        Attempted asked = race.acquire(a, ms(2_000));
        race.pass(ms(1_999));
        assertThat(asked.future).isNotDone();
        race.pass(ms(1_001));
        assertThat(asked.failure()).isInstanceOf(BackendException.class);
    }

    @Test
    void outage_withoutADeadline_failsAfterALeaseTime() {
        Race race = Race.plain();
        Client a = race.client("A");
        a.link.silence();
        Attempted asked = race.acquire(a);
        race.pass(ms(2_999));
        assertThat(asked.future).isNotDone();
        race.pass(ms(2_001));
        assertThat(asked.failure()).isInstanceOf(BackendException.class);
    }

    @Test
    void silence_endsWithinTheTimeoutAndOneCall() {
        for (long timeout : List.of(0L, 1L, 500L, 5_000L)) {
            Race race = Race.plain();
            Client a = race.client("A");
            a.link.silence();
            Attempted asked = race.acquire(a, ms(timeout));
            race.pass(ms(timeout + 1_000));
            assertThat(asked.failure()).as("%d ms", timeout).isInstanceOf(BackendException.class);
        }
    }

    @Test
    void busy_atTheDeadline_isATimeout() {
        for (boolean line : List.of(true, false)) {
            Race race = Race.plain(store -> store.line(line));
            Client a = race.client("A");
            Client b = race.client("B");
            race.hold(a);
            Attempted asked = race.acquire(b, ms(500));
            Attempted tried = race.attempt(b, b.locks.lock(Race.LOCK).tryAcquireAsync(ms(500)));
            race.pass(ms(501));
            assertThat(asked.failure()).isInstanceOf(LockTimeoutException.class);
            assertThat(tried.future).isCompletedWithValue(null);
            assertThat(b.heardTimeouts).isEqualTo(2);
            assertThat(race.store.residue()).hasSize(1);
        }
    }

    @Test
    void secondTry_takesTheFirstOnesAnswer() {
        Race race = Race.plain();
        Client a = race.client("A");
        a.link.refuse(1, outage(), false);
        Attempted first = tryAcquire(race, a);
        Attempted second = tryAcquire(race, a);
        assertThat(a.link.requests()).isEqualTo(1);
        race.quiet();
        assertThat(first.failure()).isInstanceOf(BackendException.class);
        assertThat(second.failure()).isInstanceOf(BackendException.class);
        assertThat(a.link.requests()).isEqualTo(1);
    }

    @Test
    void secondTry_isBusyWhenTheFirstOneWins() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted first = tryAcquire(race, a);
        Attempted second = tryAcquire(race, a);
        race.quiet();
        assertThat(first.isHeld()).isTrue();
        assertThat(second.future).isCompletedWithValue(null);
        assertThat(tryAcquire(race, a).future).satisfies(ignored -> race.quiet());
        assertThat(a.link.requests()).isEqualTo(1);
    }

    @Test
    void timeouts_negative_refused_huge_forEver() {
        Race race = Race.plain();
        Client a = race.client("A");
        assertThatThrownBy(() -> a.locks.lock(Race.LOCK).acquireAsync(ms(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        Client b = race.client("B");
        Attempted held = race.hold(b);
        Attempted waiting = race.acquire(a, Duration.ofSeconds(Long.MAX_VALUE));
        race.pass(Duration.ofMinutes(1));
        assertThat(waiting.future).isNotDone();
        held.release();
        race.finish();
    }

    @Test
    void foreignRecord_isAFatalError() {
        Race race = Race.plain();
        Client a = race.client("A");
        race.store.spoil(Race.LOCK);
        Attempted asked = race.acquire(a);
        race.quiet();
        assertThat(asked.failure()).isInstanceOf(BackendException.class);
    }

    @Test
    void close_endsEverything_andSaysWhy() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        Attempted waiting = race.acquire(a);
        a.closed = true;
        a.locks.close();
        assertThat(held.lease().isHeld()).isFalse();
        race.quiet();
        assertThat(race.millis()).isZero();
        assertThat(held.losses).containsExactly(LeaseLoss.CLIENT_CLOSED);
        assertThat(waiting.failure()).isInstanceOf(ClientClosedException.class);
        assertThat(race.store.residue()).isEmpty();
        assertThat(race.acquire(a).future).satisfies(future -> {
            race.quiet();
            assertThat(future).isCompletedExceptionally();
        });
    }

    @Test
    void close_returnsWithinTwoSeconds_whileTheStoreIsSilent() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        a.link.silence();
        a.closed = true;
        a.locks.close();
        assertThat(race.millis()).isBetween(1L, 2_000L);
        race.quiet();
        assertThat(held.losses).containsExactly(LeaseLoss.CLIENT_CLOSED);
    }

    @Test
    void blockingStore_isGivenTheTimeOfEachCall() {
        Race race = Race.plain(store -> store.blocking(true).line(false).demand(false));
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.pass(Duration.ofSeconds(10));
        assertThat(held.lease().isHeld()).isTrue();
        assertThat(a.heardRenewalFailures).isZero();
    }

    /** With real threads, which park until they are granted or time is moved past their deadline. */
    @Test
    void parkedThread_isWokenByItsGrantAndByItsDeadline() throws Exception {
        ManualTime time = new ManualTime();
        ScriptedStore store = ScriptedStore.manual(time).build();
        ManualPlatform platform = new ManualPlatform("A", time);
        Client a = new Client(1, platform, store.connect(platform), Race.OPTIONS);
        CompletableFuture<dev.holdfast.Lease> first = a.locks.lock(Race.LOCK).acquireAsync();
        store.deliverAll();
        platform.runTasks();
        AtomicReference<Object> granted = new AtomicReference<>();
        AtomicReference<Object> late = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (AtomicReference<Object> outcome : List.of(granted, late)) {
            int parked = platform.parkedThreads();
            Thread thread = new Thread(() -> {
                try {
                    outcome.set(a.locks.lock(Race.LOCK).acquire(ms(500)));
                } catch (InterruptedException | RuntimeException e) {
                    outcome.set(e);
                }
            });
            threads.add(thread);
            thread.start();
            while (platform.parkedThreads() == parked) {
                Thread.onSpinWait();
            }
        }
        first.join().releaseAsync();
        threads.get(0).join();
        assertThat(granted.get()).isInstanceOf(dev.holdfast.Lease.class);
        time.advance(ms(500));
        threads.get(1).join();
        assertThat(late.get()).isInstanceOf(LockTimeoutException.class);
    }
}
