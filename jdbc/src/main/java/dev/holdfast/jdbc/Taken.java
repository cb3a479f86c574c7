// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

/**
 * What became of a try to take a lock.
 *
 * @param kind how it ended
 * @param value the revision if it was granted, the rest of the holder's lease in microseconds if it is busy
 */
record Taken(Kind kind, long value) {
    enum Kind {
        GRANTED,
        BUSY,
        /** There is no row for the name yet. */
        ABSENT
    }

    static final Taken ABSENT = new Taken(Kind.ABSENT, 0);

    static Taken granted(long revision) {
        return new Taken(Kind.GRANTED, revision);
    }

    static Taken busy(long remainingMicros) {
        return new Taken(Kind.BUSY, Math.max(0, remainingMicros));
    }
}
