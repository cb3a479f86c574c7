// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The choices of one run of a scenario. The first option is the ordinary one: an {@link Exploration} may bound how often a run takes
 * another.
 */
public final class Choices {
    /** What bounds a run. */
    record Bounds(int depth, int deviations, int faults) {}

    private final Bounds bounds;
    private final @Nullable SplittableRandom random;
    private final @Nullable List<String> trace;
    private final int known;
    private int[] taken;
    private int[] widths;
    private int depth;
    private int deviations;
    private int faultsLeft;
    private boolean cut;
    private final boolean sampled;

    private Choices(
            int[] taken,
            int[] widths,
            Bounds bounds,
            @Nullable SplittableRandom random,
            boolean sampled,
            @Nullable List<String> trace) {
        this.sampled = sampled;
        this.taken = taken;
        this.widths = widths;
        this.bounds = bounds;
        this.random = random;
        this.trace = trace;
        known = taken.length;
        faultsLeft = bounds.faults();
    }

    /** Goes where an earlier run went, up to some choice, and on from there with first options. */
    static Choices from(int[] taken, int[] widths, Bounds bounds) {
        return new Choices(taken, widths, bounds, null, false, null);
    }

    static Choices random(SplittableRandom random, Bounds bounds) {
        return new Choices(new int[0], new int[0], bounds, random, true, null);
    }

    /** Takes the given choices, and adds what happens to a trace. */
    static Choices replay(int[] taken, int faults, boolean sampled, List<String> trace) {
        Bounds bounds = new Bounds(taken.length, Integer.MAX_VALUE, faults);
        return new Choices(taken.clone(), new int[taken.length], bounds, null, sampled, trace);
    }

    /**
     * Picks one of some options.
     *
     * @param options how many there are, at least one
     * @return from 0 to below {@code options}
     */
    public int pick(int options) {
        if (options < 1) {
            throw new IllegalArgumentException("nothing to pick from");
        }
        if (options == 1) {
            return 0;
        }
        boolean free = depth < bounds.depth() && deviations < bounds.deviations();
        int width = free ? options : 1;
        cut |= depth >= bounds.depth();
        int picked;
        if (depth < known) {
            picked = taken[depth];
            if (widths[depth] != width && trace == null) {
                throw new IllegalStateException("The scenario is not deterministic: choice " + depth + " had "
                        + widths[depth] + " options and now has " + width);
            }
        } else {
            picked = random == null || !free ? 0 : random.nextInt(options);
            remember(picked, width);
        }
        if (picked >= options) {
            throw new IllegalStateException("Choice " + depth + " is " + picked + " of only " + options);
        }
        depth++;
        if (picked != 0) {
            deviations++;
        }
        return picked;
    }

    private void remember(int picked, int width) {
        if (depth >= taken.length) {
            taken = Arrays.copyOf(taken, Math.max(16, depth * 2));
            widths = Arrays.copyOf(widths, taken.length);
        }
        taken[depth] = picked;
        widths[depth] = width;
    }

    /**
     * Picks one of some options.
     *
     * @param options at least one; their text describes them when the run fails
     * @param <T> what they are
     * @return one of them
     */
    public <T> T pick(List<T> options) {
        T picked = options.get(pick(options.size()));
        if (trace != null) {
            note(String.valueOf(picked));
        }
        return picked;
    }

    /**
     * Whether this run may have another fault.
     *
     * @return true while faults are left
     */
    public boolean mayFault() {
        return faultsLeft > 0;
    }

    /** Uses up one of the faults that this run may have. */
    public void fault() {
        faultsLeft--;
    }

    /**
     * Adds a remark to the story that is printed when the run fails.
     *
     * @param remark what happened
     */
    public void note(String remark) {
        if (trace != null) {
            trace.add(remark);
        }
    }

    /**
     * Whether remarks are kept in this run, so that they are worth making.
     *
     * @return true when a failed run is repeated
     */
    public boolean isTraced() {
        return trace != null;
    }

    /** Whether options are taken at random, so that leaving out repetitions saves nothing; also when such a run is replayed. */
    boolean isSampled() {
        return sampled;
    }

    int[] taken() {
        return Arrays.copyOf(taken, depth);
    }

    int[] widths() {
        return Arrays.copyOf(widths, depth);
    }

    boolean wasCut() {
        return cut;
    }
}
