// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

/**
 * What became of a change that was only to be made to one version of an item.
 *
 * @param outcome whether it was made
 * @param cas the new version, or 0 if it is not known or there is none
 */
public record Changed(Outcome outcome, long cas) {
    /** Whether a change was made, and if not, why. */
    public enum Outcome {
        /** It was made. */
        DONE,
        /** Another version stands there. */
        OTHER,
        /** Nothing stands there. */
        MISSING
    }

    static Changed of(Outcome outcome) {
        return new Changed(outcome, 0);
    }
}
