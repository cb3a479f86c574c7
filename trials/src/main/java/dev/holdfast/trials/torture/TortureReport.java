// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.LockVerdict;
import dev.holdfast.trials.history.Verdict;
import java.util.List;

/**
 * What a {@link Torture} found.
 *
 * @param plan what was done
 * @param control the known-bad lock under the same faults
 * @param main the store under test
 * @param stuck the locks that could not be had within a minute after the last fault
 */
public record TortureReport(Torture plan, Part control, Part main, List<String> stuck) {
    /**
     * One lock's part of the run.
     *
     * @param verdict what the history proves
     * @param counted the sum of the plain numbers that the locks guarded
     * @param outages how many requests the store failed
     */
    public record Part(Verdict verdict, long counted, int outages) {
        /**
         * Updates of the guarded numbers that went lost, at least: each accepted write added one. A killed worker may hide as many as it
         * left half done.
         *
         * @return the difference, or 0
         */
        public long lostUpdates() {
            long accepted =
                    verdict.locks().stream().mapToLong(LockVerdict::accepted).sum();
            return Math.max(0, accepted - counted);
        }

        private String text() {
            return verdict + "lost updates: " + lostUpdates() + ", outages: " + outages + "\n";
        }
    }

    /**
     * Whether the run proves anything.
     *
     * @return true if the known-bad lock was caught, and the store's locks were held and attacked
     */
    public boolean isValid() {
        return control.verdict().contractOverlaps() > 0
                && main.verdict().holds() > 0
                && main.verdict().stops() > 0
                && main.verdict().kills() > 0;
    }

    /**
     * Whether the run is valid and the store kept every promise.
     *
     * @return true if so; raw overlaps, lost updates and outages are for the reader to judge, and depend on the store
     */
    public boolean isGood() {
        return isValid() && main.verdict().isGood() && stuck.isEmpty();
    }

    @Override
    public String toString() {
        return "control, which must be bad: " + summary(control.text())
                + main.text()
                + (stuck.isEmpty() ? "" : "nobody can get: " + stuck + "\n")
                + (isValid() ? "" : "INVALID: the control was not caught, or there was no hold or no fault\n")
                + plan.processes() + " processes with " + plan.threads() + " threads each, "
                + plan.time().toSeconds()
                + " s, seed " + plan.seed() + ", histories in " + plan.directory() + "\n";
    }

    /** The last two lines: what is found in a bad lock is of no interest. */
    private static String summary(String text) {
        String[] lines = text.split("\n", -1);
        return lines[lines.length - 3] + "; " + lines[lines.length - 2] + "\n";
    }
}
