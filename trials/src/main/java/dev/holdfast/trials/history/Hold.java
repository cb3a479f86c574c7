// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

/**
 * One granted acquisition, and what is known of how long it was held. Its <em>core</em> is the time in which it was certainly held: from
 * the return of the acquisition to the call of the release, or to the last sign that there was none yet.
 *
 * @param acquired the acquisition
 * @param released when the release was called; {@link Long#MAX_VALUE} if it never was
 * @param lost when the holder was told of the loss; {@link Long#MAX_VALUE} if it never was
 * @param killed when the holder's process was killed; {@link Long#MAX_VALUE} if it was not
 * @param lastSeen the last stamp at which the holder had not called the release
 * @param validUntil until when the lease was certainly valid, as far as the holder could know
 */
public record Hold(Operation acquired, long released, long lost, long killed, long lastSeen, long validUntil) {
    /**
     * The first stamp of the core.
     *
     * @return when the acquisition returned
     */
    public long start() {
        return acquired.returnNanos();
    }

    /**
     * The end of the core, whatever the lease said about its validity.
     *
     * @return when the release was called, or the process was killed, or the holder was last seen
     */
    public long rawEnd() {
        if (released != Long.MAX_VALUE) {
            return released;
        }
        return killed == Long.MAX_VALUE ? lastSeen : Math.max(killed, lastSeen);
    }

    /**
     * The end of the core by the contract of a lease: cut at its loss and at its deadline. It may lie before the start, when the lease was
     * over before the acquisition returned; then the lock was granted at some time between the end and the start.
     *
     * @return the end, never before the call of the acquisition
     */
    public long contractEnd() {
        return Math.max(acquired.callNanos(), Math.min(rawEnd(), Math.min(lost, validUntil)));
    }

    /**
     * Whether the holder's process was killed before it gave the lock back.
     *
     * @return true if so
     */
    public boolean diedHolding() {
        return released == Long.MAX_VALUE && killed != Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(acquired.toString());
        append(text, "release called ", released);
        append(text, "loss told ", lost);
        append(text, "killed ", killed);
        append(text, "known valid until ", validUntil);
        return text.toString();
    }

    private static void append(StringBuilder text, String what, long stamp) {
        if (stamp != Long.MAX_VALUE && stamp != Long.MIN_VALUE) {
            text.append(", ").append(what).append(stamp);
        }
    }
}
