// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** What an error of a driver means. By SQLState, and by number where products use a state for many things. */
enum FaultKind {
    /** The connection is broken, or no answer came in time. */
    LOST,
    /** No connection was to be had: refused, too many, or the pool is empty. */
    NO_CONNECTION,
    /** Two transactions got into each other's way: the same again may work. */
    CONFLICT,
    /** Somebody else's transaction holds the row. */
    BLOCKED,
    /** The table is not there. */
    NO_TABLE,
    /** A column is not there. */
    OTHER_SHAPE,
    /** This user may not do that. */
    DENIED,
    /** The login is wrong. */
    LOGIN,
    /** There is no such data base. */
    NO_DATABASE,
    /** The server takes no writes: a replica. */
    READ_ONLY,
    /** The disk, memory or another resource is used up. */
    FULL,
    /** Something else that trying again does not cure. */
    WRONG,
    /** Something else. */
    UNKNOWN;

    private static final Set<String> GONE_STATES = Set.of("57P01", "57P02", "57P03", "57P05", "25P03");
    private static final Set<String> BLOCKED_STATES = Set.of("55P03", "57014", "HYT00", "HYT01", "70100");
    private static final Set<Integer> MYSQL_BLOCKED = Set.of(1205, 1317, 1969, 3024, 3572);
    private static final Set<Integer> MYSQL_READ_ONLY = Set.of(1290, 1792, 1836, 3100);
    private static final Set<Integer> MYSQL_DENIED = Set.of(1044, 1142, 1143, 1227, 1370);
    private static final Set<Integer> H2_BLOCKED = Set.of(50200, 57014, 90039);
    private static final Set<Integer> H2_GONE = Set.of(90007, 90067, 90098, 90121, 90135);
    private static final int H2_CONCURRENT = 90131;
    private static final int H2_DEADLOCK = 40001;
    private static final int H2_IN_USE = 90020;
    private static final int H2_NO_DATABASE = 90146;
    private static final int H2_NOT_FOUND = 90149;
    private static final int H2_NO_RIGHT = 90096;
    private static final int H2_READ_ONLY = 90097;

    static FaultKind of(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        int code = e.getErrorCode();
        if (H2_BLOCKED.contains(code) || MYSQL_BLOCKED.contains(code) || BLOCKED_STATES.contains(state)) {
            return BLOCKED;
        }
        if (H2_GONE.contains(code) || GONE_STATES.contains(state)) {
            return LOST;
        }
        if (code == H2_CONCURRENT || code == H2_DEADLOCK || state.startsWith("40")) {
            return CONFLICT;
        }
        if (code == H2_IN_USE || state.startsWith("08001") || state.equals("08004") || state.equals("53300")) {
            return NO_CONNECTION;
        }
        if (MYSQL_READ_ONLY.contains(code) || code == H2_READ_ONLY || state.equals("25006")) {
            return READ_ONLY;
        }
        if (MYSQL_DENIED.contains(code) || code == H2_NO_RIGHT || state.equals("42501")) {
            return DENIED;
        }
        if (code == H2_NO_DATABASE || code == H2_NOT_FOUND || code == 1049 || state.equals("3D000")) {
            return NO_DATABASE;
        }
        return byState(e, state);
    }

    private static FaultKind byState(SQLException e, String state) {
        if (state.startsWith("28")) {
            return LOGIN;
        }
        if (state.equals("42P01") || state.equals("42S02") || state.equals("42S04") || state.equals("42S03")) {
            return NO_TABLE;
        }
        if (state.equals("42703") || state.equals("42S22")) {
            return OTHER_SHAPE;
        }
        if (state.startsWith("53") || state.equals("58030")) {
            return FULL;
        }
        if (e instanceof SQLTransientConnectionException && !state.startsWith("08")) {
            return NO_CONNECTION;
        }
        if (state.startsWith("08")
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLTransientConnectionException
                || e instanceof SQLRecoverableException
                || e instanceof SQLTimeoutException) {
            return LOST;
        }
        if (state.startsWith("42") || state.startsWith("22") || state.startsWith("23") || state.startsWith("0A")) {
            return WRONG;
        }
        return UNKNOWN;
    }

    /** Whether the connection on which it happened is of no more use. */
    boolean breaksConnection() {
        return this == LOST || this == UNKNOWN || this == READ_ONLY || this == NO_CONNECTION;
    }

    /** Whether the server may have applied the request, or still will. */
    boolean mayHaveApplied() {
        return this == LOST || this == UNKNOWN || this == BLOCKED;
    }
}
