// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

/**
 * The encoding of fencing tokens: the store's revision of a grant, and a turn within it for every handover inside a client. It never depends
 * on options.
 */
public final class Token {
    /** The last turn of a revision; after it the lock goes back to the store. */
    public static final int LAST_TURN = 1023;

    /** The largest revision that a token can hold, a little below 2 to the power of 53. */
    public static final long LARGEST_REVISION = Long.MAX_VALUE / (LAST_TURN + 1);

    private Token() {}

    /**
     * The token of the first turn of a revision.
     *
     * @param revision from 1 to {@link #LARGEST_REVISION}
     * @return the token; those of the later turns follow it
     * @throws ArithmeticException if the revision is out of that range
     */
    public static long first(long revision) {
        if (revision <= 0) {
            throw new ArithmeticException("revision " + revision);
        }
        return Math.multiplyExact(revision, LAST_TURN + 1L);
    }

    /**
     * A token as text whose order is that of the numbers.
     *
     * @param token not negative
     * @return 19 decimal digits
     */
    public static String text(long token) {
        String digits = Long.toString(token);
        return "0".repeat(19 - digits.length()) + digits;
    }
}
