// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.spi.Claim;
import org.jspecify.annotations.Nullable;

/**
 * What a claim asks for, in the table's terms.
 *
 * @param key of the row
 * @param claim who asks: the claim's id
 * @param leaseMicros for how long
 * @param label the owner for people
 * @param fullName the lock's name if the key is not the same
 * @param waitMicros how long to note that somebody waits, if the lock is taken; 0 for not at all
 */
record Ask(
        String key,
        String claim,
        long leaseMicros,
        String label,
        @Nullable String fullName,
        long waitMicros) {
    static Ask of(Claim claim, long waitMicros) {
        String key = claim.key();
        return new Ask(
                key,
                claim.id(),
                micros(claim.leaseNanos()),
                claim.ownerLabel(),
                key.equals(claim.name()) ? null : FullNames.stored(claim.name()),
                waitMicros);
    }

    /** Rounded up: the store may keep a lock longer than its holder believes, never shorter. */
    private static long micros(long nanos) {
        return nanos / 1_000 + (nanos % 1_000 == 0 ? 0 : 1);
    }
}
