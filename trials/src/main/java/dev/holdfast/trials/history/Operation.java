// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

/**
 * One operation of one thread, as it stands in a history. Stamps are of {@link System#nanoTime}, which all processes of one Linux
 * machine share.
 *
 * @param pid the process that wrote it down
 * @param thread the thread's number in its process
 * @param slot which record of its file it is
 * @param kind what it is
 * @param lockName the name of the lock; empty for faults
 * @param hold the slot of the acquisition that this operation belongs to; 0 if it is an acquisition or a fault
 * @param subject for a fault the process that suffers it, otherwise 0
 * @param callNanos when it was called
 * @param returnNanos when it returned; {@link Long#MAX_VALUE} if its process ended before
 * @param outcome how it ended
 * @param token the token that was granted; 0 for everything but a granted acquisition
 * @param validUntilNanos until when the lease was valid at least, without further renewal; {@link Long#MAX_VALUE} if it does not expire,
 *     and {@link Long#MIN_VALUE} if nobody saw it valid
 */
public record Operation(
        long pid,
        int thread,
        int slot,
        Kind kind,
        String lockName,
        int hold,
        long subject,
        long callNanos,
        long returnNanos,
        Outcome outcome,
        long token,
        long validUntilNanos) {
    /**
     * Whether the operation came back before its process ended.
     *
     * @return false if its return is not in the history
     */
    public boolean hasReturned() {
        return returnNanos != Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder()
                .append(kind)
                .append(lockName.isEmpty() ? "" : " '" + lockName + "'")
                .append(" by process ")
                .append(pid)
                .append(" thread ")
                .append(thread)
                .append(", called ")
                .append(callNanos)
                .append(hasReturned() ? ", returned " + returnNanos : ", never returned")
                .append(", ")
                .append(outcome);
        if (token != 0) {
            text.append(", token ").append(token);
        }
        if (validUntilNanos != Long.MAX_VALUE && validUntilNanos != Long.MIN_VALUE) {
            text.append(", valid until ").append(validUntilNanos);
        }
        return text.append(subject == 0 ? "" : ", process " + subject).toString();
    }
}
