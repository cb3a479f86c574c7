// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.SQLException;
import java.util.Locale;

/**
 * MariaDB and MySQL. The time is that of the start of the statement, in UTC: {@code UNIX_TIMESTAMP} jumps back by an hour when a time zone leaves
 * daylight saving time. Columns change from the left to the right, and later ones see what earlier ones became, so the token comes first. The
 * number of rows of an upsert depends on settings of the driver; that of an update whose condition includes all that matters does not.
 */
class MariaDbDialect extends Dialect {
    private final String product;
    private final String take;

    MariaDbDialect(String table, String product) {
        super(table);
        this.product = product;
        take = "UPDATE " + table + " SET token = LAST_INSERT_ID(IF(owner = ? AND expires_us > " + now()
                + ", token, GREATEST(token + 1, " + now() + "))), owner = ?, expires_us = " + now()
                + " + ?, lease_us = ?, label = ?, full_name = ? WHERE name = ? AND " + String.format(MAY_TAKE, now());
    }

    @Override
    String product() {
        return product;
    }

    @Override
    String ddl() {
        return "CREATE TABLE IF NOT EXISTS " + table
                + " (name VARBINARY(200) NOT NULL PRIMARY KEY, token BIGINT NOT NULL,"
                + " owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin, expires_us BIGINT NOT NULL, lease_us BIGINT NOT NULL,"
                + " waiters_us BIGINT NOT NULL, label VARCHAR(255) CHARACTER SET utf8mb4,"
                + " full_name VARCHAR(2600) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin) ENGINE = InnoDB";
    }

    @Override
    String now() {
        return "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))";
    }

    /** In seconds, with a fraction; MySQL can do that for queries only. */
    @Override
    String limit(long millis) {
        return product.equals("MariaDB")
                ? String.format(
                        Locale.ROOT, "SET STATEMENT max_statement_time = %.3f FOR ", Math.max(100, millis) / 1_000.0)
                : "";
    }

    @Override
    Taken take(Session session, Ask ask) throws SQLException {
        long token = session.updateForKey(
                take,
                ask.claim(),
                ask.claim(),
                ask.leaseMicros(),
                ask.leaseMicros(),
                ask.label(),
                ask.fullName(),
                ask.key(),
                ask.claim(),
                ask.claim());
        return token == 0 ? look(session, ask.key()) : Taken.granted(token);
    }

    @Override
    Taken add(Session session, Ask ask) throws SQLException {
        long token = session.updateForKey(
                "INSERT IGNORE INTO " + table + " " + values("LAST_INSERT_ID(" + now() + ")"),
                ask.key(),
                ask.claim(),
                ask.leaseMicros(),
                ask.leaseMicros(),
                ask.label(),
                ask.fullName());
        return token == 0 ? Taken.ABSENT : Taken.granted(token);
    }
}
