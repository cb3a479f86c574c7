// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.trials.history.MadeHistory.MadeHold;
import dev.holdfast.trials.history.Search.Bounds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The verdict by sorting against a search through all orders, on small histories whose stamps often coincide. */
final class VerdictSearchTest {
    private static final int HISTORIES = 200_000;
    private static final long SEED = 20_260_101;

    private int good;
    private int bad;
    private int badByTokensAlone;
    private int overBeforeReturned;

    @Test
    void verdict_ofRandomHistories_isThatOfTheSearch() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < HISTORIES; i++) {
            compare(new Generated(random), i);
        }
        assertThat(good).isGreaterThan(HISTORIES / 5);
        assertThat(bad).isGreaterThan(HISTORIES / 5);
        assertThat(badByTokensAlone).isGreaterThan(HISTORIES / 50);
        assertThat(overBeforeReturned).isGreaterThan(HISTORIES / 50);
    }

    private void compare(Generated generated, int number) {
        LockVerdict verdict = generated.history.verdict().locks().get(0);
        boolean found = Search.finds(generated.bounds);
        assertThat(verdict.isGood())
                .as("history %s of seed %s: %s%n%s", number, SEED, generated.bounds, verdict)
                .isEqualTo(found);
        if (found) {
            good++;
        } else {
            bad++;
            badByTokensAlone += verdict.contract().count() == 0 ? 1 : 0;
        }
        overBeforeReturned += generated.bounds.stream().anyMatch(hold -> hold.end() < hold.granted()) ? 1 : 0;
    }

    /** Starts from an order of events that a correct lock allows, and often damages it a little. */
    private static final class Generated {
        private final SplittableRandom random;
        private final MadeHistory history = new MadeHistory();
        private final List<Bounds> bounds = new ArrayList<>();
        private final boolean damaged;

        Generated(SplittableRandom random) {
            this.random = random;
            this.damaged = random.nextInt(3) > 0;
            long now = 10;
            long token = 100;
            int holds = 2 + random.nextInt(4);
            for (int i = 0; i < holds; i++) {
                now += random.nextInt(3);
                long granted = now;
                now += random.nextInt(4);
                token += 1 + random.nextInt(2);
                hold(granted, now, token);
            }
        }

        /** A hold that the lock gives from one stamp to another, and what its holder may see of it. */
        private void hold(long grant, long end, long trueToken) {
            long token = trueToken - (damaged && random.nextInt(6) == 0 ? random.nextInt(4) : 0);
            long called = grant - random.nextInt(4);
            if (random.nextInt(3) == 0) {
                expiring(called, grant + random.nextInt(6), damage(end), token);
            } else {
                long returned = grant + random.nextInt((int) (end - grant) + 1);
                long known = Math.max(returned, damage(end) - random.nextInt(2));
                endless(called, returned, known, token);
            }
        }

        private long damage(long stamp) {
            return damaged && random.nextInt(4) == 0 ? stamp + random.nextInt(4) : stamp;
        }

        /** A lease with a deadline, whose holder may be slow to hear of it and slower to give it back. */
        private void expiring(long called, long returned, long deadline, long token) {
            boolean seen = random.nextInt(8) > 0;
            long end = seen ? Math.max(called, deadline) : called;
            MadeHold hold = history.hold(called, returned, token).released(Math.max(returned, deadline) + 3);
            switch (seen ? random.nextInt(4) : -1) {
                case -1 -> hold.validUntil(Long.MIN_VALUE);
                case 0 -> renewed(hold, returned, end);
                case 1 -> hold.lost(end);
                case 2 -> hold.validUntil(end + 2).lost(end);
                default -> hold.validUntil(end);
            }
            bounds.add(new Bounds(called, returned, token, end));
        }

        /** Nobody sees a lease held before it was returned, nor after it was over. */
        private void renewed(MadeHold hold, long returned, long end) {
            if (returned <= end) {
                hold.validUntil(end - random.nextInt(5)).held(returned, returned + 2, end);
            } else {
                hold.validUntil(end);
            }
        }

        private void endless(long called, long returned, long end, long token) {
            MadeHold hold = history.hold(called, returned, token);
            switch (random.nextInt(5)) {
                case 0 -> hold.killed(end);
                case 1 -> hold.used(end, end + 1, Outcome.FAIL);
                case 2 -> hold.killed(end + 5).released(end);
                case 3 -> hold.validUntil(end - 1).held(end, end + 2, end - 1).released(end + 2);
                default -> hold.released(end);
            }
            bounds.add(new Bounds(called, returned, token, end));
        }
    }
}
