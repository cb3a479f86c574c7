// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load;

import java.util.OptionalDouble;

/**
 * Looks for the highest rate that holds: twice as much as long as it holds, half as much as long as nothing has held, and then between the last that held
 * and the first that broke. A rate has broken when it broke twice in a row, because once may be a hiccup of the machine. It always ends.
 */
public final class LimitSearch {
    /** At most so many trials, whatever they say: doublings from 1 to a million, some halves, and each broken one twice. */
    public static final int MOST_TRIALS = 40;

    private static final double HIGHEST = 1_000_000;
    private static final double LOWEST = 1;
    /** Near enough: figures of a machine with other work to do differ by more. */
    private static final double NEAR = 1.1;

    private double rate;
    private double held;
    private double broken = Double.POSITIVE_INFINITY;
    private boolean again;
    private int trials;
    private boolean over;

    /**
     * A search.
     *
     * @param start the rate that is tried first, per second, from 1 to 1,000,000
     */
    public LimitSearch(double start) {
        rate = start;
    }

    /**
     * What to try now.
     *
     * @return a rate per second, or nothing if the search is over
     */
    public OptionalDouble next() {
        return over ? OptionalDouble.empty() : OptionalDouble.of(rate);
    }

    /**
     * Tells what came of the rate that {@link #next} said.
     *
     * @param holds whether it was reached in time
     */
    public void tried(boolean holds) {
        trials++;
        if (holds) {
            held = rate;
            again = false;
        } else if (again) {
            broken = rate;
            again = false;
        } else {
            again = true;
        }
        if (!again) {
            rate = between();
        }
        over = trials >= MOST_TRIALS
                || (!again && (broken / held <= NEAR || held >= HIGHEST || (held == 0 && broken <= LOWEST)));
    }

    private double between() {
        if (broken == Double.POSITIVE_INFINITY) {
            return Math.min(HIGHEST, held * 2);
        }
        return held == 0 ? Math.max(LOWEST, broken / 2) : Math.sqrt(held * broken);
    }

    /**
     * What was found.
     *
     * @return the highest rate that held, per second, or 0 if none did
     */
    public double held() {
        return held;
    }

    /**
     * Whether a higher rate was seen to break.
     *
     * @return false if the search was over before
     */
    public boolean isLimit() {
        return broken < Double.POSITIVE_INFINITY;
    }
}
