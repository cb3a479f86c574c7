// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario once for every sequence of choices that it can make, by repeating it from the start: depth first, complete unless a
 * bound is reached. Immutable; every {@code with} method returns a changed copy.
 *
 * <p>Scenarios must be deterministic apart from their choices; one that is not is found out. A run that fails is run again to tell its
 * story, and the error says how to {@link #replay} it in one line.
 */
public final class Exploration {
    private final long maxRuns;
    private final int maxDepth;
    private int maxDeviations = Integer.MAX_VALUE;
    private int faults;
    private @Nullable Long seed;

    private Exploration(long maxRuns, int maxDepth) {
        this.maxRuns = maxRuns;
        this.maxDepth = maxDepth;
    }

    private Exploration copy() {
        Exploration copy = new Exploration(maxRuns, maxDepth);
        copy.maxDeviations = maxDeviations;
        copy.faults = faults;
        copy.seed = seed;
        return copy;
    }

    /**
     * An exploration with bounds.
     *
     * @param maxRuns after how many runs to stop
     * @param maxDepth after how many choices a run only takes first options
     * @return the exploration
     */
    public static Exploration of(long maxRuns, int maxDepth) {
        return new Exploration(maxRuns, maxDepth);
    }

    /**
     * Lets a run take other options than the first only so many times. All runs within that bound are explored.
     *
     * @param most how many times
     * @return a changed copy
     */
    public Exploration withDeviations(int most) {
        Exploration copy = copy();
        copy.maxDeviations = most;
        return copy;
    }

    /**
     * Lets a run have faults, see {@link Choices#mayFault()}.
     *
     * @param most how many in one run
     * @return a changed copy
     */
    public Exploration withFaults(int most) {
        Exploration copy = copy();
        copy.faults = most;
        return copy;
    }

    /**
     * Takes options at random instead of all in turn, for scenarios that are too large for that.
     *
     * @param start where the random numbers start; the same seed gives the same runs
     * @return a changed copy
     */
    public Exploration withRandom(long start) {
        Exploration copy = copy();
        copy.seed = start;
        return copy;
    }

    /** What is run. */
    @FunctionalInterface
    public interface Scenario {
        /**
         * Runs once.
         *
         * @param choices what to do in this run
         * @throws Exception if a promise is broken
         */
        void run(Choices choices) throws Exception;
    }

    /**
     * What was explored.
     *
     * @param runs how many runs there were
     * @param longest how many choices the longest of them made
     * @param exhaustive whether every sequence of choices was run, within the bounds on faults and deviations
     */
    public record Result(long runs, int longest, boolean exhaustive) {}

    /**
     * Explores a scenario.
     *
     * @param scenario what to run, each time from the start
     * @return what was explored
     * @throws AssertionError if a run fails; with its story, and its cause
     */
    public Result run(Scenario scenario) {
        Choices.Bounds bounds = new Choices.Bounds(maxDepth, maxDeviations, faults);
        SplittableRandom random = seed == null ? null : new SplittableRandom(seed);
        int[] prefix = new int[0];
        int[] widths = new int[0];
        long runs = 0;
        int longest = 0;
        boolean cut = false;
        while (true) {
            Choices choices = random == null ? Choices.from(prefix, widths, bounds) : Choices.random(random, bounds);
            runs++;
            try {
                scenario.run(choices);
            } catch (Exception | AssertionError e) {
                throw failed(scenario, choices.taken(), runs, e);
            }
            prefix = choices.taken();
            longest = Math.max(longest, prefix.length);
            cut |= choices.wasCut();
            if (random == null) {
                widths = choices.widths();
                int last = prefix.length - 1;
                while (last >= 0 && prefix[last] + 1 >= widths[last]) {
                    last--;
                }
                if (last < 0) {
                    return new Result(runs, longest, !cut);
                }
                prefix = Arrays.copyOf(prefix, last + 1);
                widths = Arrays.copyOf(widths, last + 1);
                prefix[last]++;
            }
            if (runs >= maxRuns) {
                return new Result(runs, longest, false);
            }
        }
    }

    /**
     * Runs one sequence of choices again.
     *
     * @param sequence as the error of a failed run says it
     * @param scenario the same scenario
     * @throws AssertionError if the run fails; with its story, and its cause
     */
    public void replay(String sequence, Scenario scenario) {
        int[] taken = sequence.isEmpty()
                ? new int[0]
                : Arrays.stream(sequence.split("\\.", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray();
        List<String> trace = new ArrayList<>();
        try {
            scenario.run(Choices.replay(taken, faults, seed != null, trace));
        } catch (Exception | AssertionError e) {
            throw new AssertionError(story(taken, trace, e), e);
        }
    }

    private AssertionError failed(Scenario scenario, int[] taken, long runs, Throwable cause) {
        List<String> trace = new ArrayList<>();
        Throwable shown = cause;
        try {
            scenario.run(Choices.replay(taken, faults, seed != null, trace));
            trace.add("(and this time it did not fail: the scenario is not deterministic)");
        } catch (Exception | AssertionError e) {
            shown = e;
        }
        return new AssertionError("Run " + runs + " failed. " + story(taken, trace, shown), shown);
    }

    private static String story(int[] taken, List<String> trace, Throwable cause) {
        String sequence = Arrays.stream(taken).mapToObj(Integer::toString).collect(Collectors.joining("."));
        return cause.getMessage() + "\nReplay it with: replay(\"" + sequence + "\", scenario)\n"
                + trace.stream().map(step -> "  " + step + "\n").collect(Collectors.joining());
    }
}
