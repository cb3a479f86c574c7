// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** H2, version 2, inside this process or in a file. Time stands still within one of its statements, which is as safe as it is late. */
final class H2Dialect extends Dialect {
    private static final String DUPLICATE = "23505";
    private static final String HELD = "name = ? AND owner = ? AND expires_us > ";

    private final String take;

    H2Dialect(String table) {
        super(table);
        take = "SELECT token FROM FINAL TABLE (UPDATE " + table
                + " SET token = CASE WHEN owner = ? AND expires_us > " + now() + " THEN token ELSE GREATEST(token + 1, "
                + now() + ") END, owner = ?, expires_us = " + now()
                + " + ?, lease_us = ?, label = ?, full_name = ? WHERE name = ? AND " + String.format(MAY_TAKE, now())
                + ")";
    }

    @Override
    String product() {
        return "H2";
    }

    @Override
    String ddl() {
        return "CREATE TABLE IF NOT EXISTS " + table
                + " (name VARCHAR(200) NOT NULL PRIMARY KEY, token BIGINT NOT NULL,"
                + " owner VARCHAR(64), expires_us BIGINT NOT NULL, lease_us BIGINT NOT NULL,"
                + " waiters_us BIGINT NOT NULL, label VARCHAR(255), full_name VARCHAR(2600))";
    }

    @Override
    String now() {
        return "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000 AS BIGINT)";
    }

    @Override
    int mostInOne() {
        return 1_000;
    }

    /** One by one: nothing has to travel, and it would compare each row with every value of a list. */
    @Override
    Set<String> renew(Session session, List<String> keys, List<String> claims) throws SQLException {
        int[] counts = session.batch(
                "UPDATE " + table + " SET expires_us = " + now() + " + lease_us WHERE " + HELD + now(),
                pairs(keys, claims));
        Set<String> renewed = new HashSet<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                renewed.add(keys.get(i));
            }
        }
        return renewed;
    }

    @Override
    void releaseAll(Session session, List<String> keys, List<String> claims) throws SQLException {
        session.batch("UPDATE " + table + " SET expires_us = 0 WHERE " + HELD + now(), pairs(keys, claims));
    }

    private static List<String[]> pairs(List<String> keys, List<String> claims) {
        List<String[]> pairs = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            pairs.add(new String[] {keys.get(i), claims.get(i)});
        }
        return pairs;
    }

    @Override
    Taken take(Session session, Ask ask) throws SQLException {
        List<Long> tokens = session.query(
                take,
                row -> row.getLong(1),
                ask.claim(),
                ask.claim(),
                ask.leaseMicros(),
                ask.leaseMicros(),
                ask.label(),
                ask.fullName(),
                ask.key(),
                ask.claim(),
                ask.claim());
        return tokens.isEmpty() ? look(session, ask.key()) : Taken.granted(tokens.get(0));
    }

    @Override
    Taken add(Session session, Ask ask) throws SQLException {
        try {
            List<Long> tokens = session.query(
                    "SELECT token FROM FINAL TABLE (INSERT INTO " + table + " " + values(now()) + ")",
                    row -> row.getLong(1),
                    ask.key(),
                    ask.claim(),
                    ask.leaseMicros(),
                    ask.leaseMicros(),
                    ask.label(),
                    ask.fullName());
            return tokens.isEmpty() ? Taken.ABSENT : Taken.granted(tokens.get(0));
        } catch (SQLException e) {
            if (DUPLICATE.equals(e.getSQLState())) {
                return Taken.ABSENT;
            }
            throw e;
        }
    }
}
