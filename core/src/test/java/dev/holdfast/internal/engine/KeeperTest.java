// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeeperTest {
    private static final long SECOND = 1_000_000_000L;

    private final HandMovedTime time = new HandMovedTime();
    private final AtomicInteger verifications = new AtomicInteger();
    private final Keeper keeper = new Keeper(time, claims -> {}, verifications::incrementAndGet);
    private final List<Integer> fired = new ArrayList<>();

    @Test
    void ring_firesAllThatIsDue_inOrderOfTime() {
        Random random = new Random(7);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Entry entry = new Entry(i);
            entry.at = time.now + 1 + random.nextInt(1_000_000);
            entries.add(entry);
            keeper.schedule(entry, entry.at);
        }
        for (Entry entry : entries) {
            if (entry.number % 3 == 0) {
                keeper.cancel(entry);
            } else if (entry.number % 3 == 1) {
                entry.at = time.now + 1 + random.nextInt(1_000_000);
                keeper.schedule(entry, entry.at);
            }
        }
        List<Integer> expected = entries.stream()
                .filter(entry -> entry.number % 3 != 0)
                .sorted(Comparator.comparingLong(entry -> entry.at - time.now))
                .map(entry -> entry.number)
                .toList();
        time.moveInStepsOf(1_000, 1_000_001);
        assertThat(fired).hasSameSizeAs(expected).containsAll(expected);
        for (int i = 1; i < fired.size(); i++) {
            long earlier = entries.get(fired.get(i - 1)).at;
            long later = entries.get(fired.get(i)).at;
            assertThat(earlier - later).isLessThanOrEqualTo(0);
        }
    }

    @Test
    void schedule_never_isCancel() {
        Entry entry = new Entry(1);
        keeper.schedule(entry, time.now + 10);
        keeper.schedule(entry, Nanos.NEVER);
        time.moveInStepsOf(5, 100);
        assertThat(fired).isEmpty();
    }

    @Test
    void schedule_fromWithinFire_setsTheAlarmAgain() {
        Entry again = new Entry(2) {
            @Override
            void fire(long nowNanos) {
                super.fire(nowNanos);
                if (fired.size() < 3) {
                    keeper.schedule(this, nowNanos + 10);
                }
            }
        };
        keeper.schedule(again, time.now + 10);
        time.moveInStepsOf(10, 100);
        assertThat(fired).containsExactly(2, 2, 2);
    }

    @Test
    void clocks_thatDisagreeWhileALeaseIsHeld_areVerifiedOnce() {
        keeper.leaseHeld();
        time.moveInStepsOf(SECOND / 2, 5 * SECOND);
        assertThat(verifications).hasValue(0);
        time.wallMillis += 60_000;
        time.moveInStepsOf(SECOND / 2, 5 * SECOND);
        assertThat(verifications).hasValue(1);
    }

    @Test
    void clocks_thatDisagreeWhileNoLeaseIsHeld_areNoConcern() {
        keeper.leaseHeld();
        keeper.leaseOver();
        time.wallMillis += 60_000;
        time.moveInStepsOf(SECOND / 2, 5 * SECOND);
        assertThat(verifications).hasValue(0);
    }

    @Test
    void gap_inItsOwnTicks_isVerified() {
        keeper.leaseHeld();
        time.moveInStepsOf(10 * SECOND, 10 * SECOND);
        assertThat(verifications).hasValue(1);
    }

    private class Entry extends Due {
        private final int number;
        private long at;

        Entry(int number) {
            this.number = number;
        }

        @Override
        void fire(long nowNanos) {
            fired.add(number);
        }
    }
}
