// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LockInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the table says about a lock that is held.
 *
 * @param key of the row
 * @param token the revision of the grant
 * @param label the owner for people, or null
 * @param fullName the name if the key is not the same
 * @param remainingMicros the rest of the lease
 */
record Row(
        String key,
        long token,
        @Nullable String label,
        @Nullable String fullName,
        long remainingMicros) {
    static final String COLUMNS = "name, token, label, full_name, expires_us - ";

    static Row read(ResultSet columns) throws SQLException {
        return new Row(
                columns.getString(1),
                columns.getLong(2),
                columns.getString(3),
                columns.getString(4),
                columns.getLong(5));
    }

    /** Revisions are the server's time of the grant, unless grants followed each other faster than its clock. */
    LockInfo info() {
        return LockInfo.of(fullName == null ? key : FullNames.read(fullName))
                .ownerLabel(label)
                .revision(token)
                .since(Instant.EPOCH.plus(token, ChronoUnit.MICROS))
                .remaining(Duration.of(Math.max(0, remainingMicros), ChronoUnit.MICROS))
                .build();
    }
}
