// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.BackendException;
import dev.holdfast.spi.Printable;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Says what went wrong, and what to do. */
final class Faults {
    static final String ID = "jdbc";

    private final String where;
    private final String table;

    Faults(String where, String table) {
        this.where = where;
        this.table = table;
    }

    /** A request failed with an error of the driver. */
    BackendException of(@Nullable String lock, String what, FaultKind kind, SQLException e, @Nullable Dialect dialect) {
        String start = start(lock, what);
        String says = " (" + said(e) + ")";
        return switch (kind) {
            case LOST -> transientFault(lock, start + "no answer from " + where + says, e);
            case NO_CONNECTION ->
                transientFault(
                        lock,
                        start + "no connection to " + where
                                + ": it does not run, refuses more connections, or the pool has none left in time. Each client"
                                + " needs one for requests, and one more each for renewals, for looking for free locks and, on"
                                + " PostgreSQL, for notifications" + inUse(e) + says,
                        e);
            case CONFLICT -> transientFault(lock, start + where + " went back on it again and again" + says, e);
            case BLOCKED ->
                transientFault(
                        lock,
                        start + "somebody else's transaction keeps the row locked in the table " + table + " at "
                                + where
                                + ". Nothing but this library should write to it, and only in transactions that end at once"
                                + says,
                        e);
            case NO_TABLE -> noTable(lock, start, says, e, dialect);
            case OTHER_SHAPE ->
                fatal(
                        lock,
                        start + "the table " + table + " at " + where
                                + " has other columns than this library's; use another table (option table), or drop it if it is"
                                + " of an older version" + says + ddl(dialect),
                        e);
            case DENIED ->
                fatal(
                        lock,
                        start + "this user may not do that at " + where
                                + ". Grant SELECT, INSERT and UPDATE on the table " + table
                                + ", and make the table as a user who may, if it is not there" + says + ddl(dialect),
                        e);
            case LOGIN -> fatal(lock, start + where + " refuses the login; correct user and password" + says, e);
            case NO_DATABASE -> fatal(lock, start + "there is no such data base at " + where + "; create it" + says, e);
            case READ_ONLY ->
                transientFault(
                        lock,
                        start + where + " takes no writes, so it is a replica or switched to read-only: locks need the"
                                + " primary" + says,
                        e);
            case FULL -> transientFault(lock, start + where + " has used up a resource" + says, e);
            case WRONG -> fatal(lock, start + where + " refused the statement" + says, e);
            case UNKNOWN -> transientFault(lock, start + where + " answered with an error" + says, e);
        };
    }

    private BackendException noTable(
            @Nullable String lock, String start, String says, SQLException e, @Nullable Dialect dialect) {
        return fatal(
                lock,
                start + "there is no table " + table + " at " + where + ", and the backend was told not to make it"
                        + says + ddl(dialect),
                e);
    }

    private static String ddl(@Nullable Dialect dialect) {
        return dialect == null ? "" : ". It is made by: " + dialect.ddl();
    }

    /** Two processes cannot open a file of H2's at once, unless one of them serves it to the others. */
    private static String inUse(SQLException e) {
        return e.getErrorCode() == 90020
                ? ". Another process has the file of this H2 open: add ;AUTO_SERVER=TRUE to the URL in all of them"
                : "";
    }

    /** Something other than an error of the data base came out of the driver or the pool, or out of what this library does with them. */
    BackendException thrown(@Nullable String lock, String what, Throwable e) {
        return e instanceof BackendException known
                ? known
                : transientFault(
                        lock,
                        start(lock, what) + "the driver or the pool of " + where + " threw what no driver should: " + e,
                        e);
    }

    /** There was no time left, or no thread was free before. */
    BackendException tooLate(@Nullable String lock, String what) {
        return transientFault(
                lock,
                start(lock, what) + "all connections to " + where
                        + " were busy until its time was over; the option connections says how many there are",
                null);
    }

    BackendException transientFault(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.transientFault(ID, lock, message, cause);
    }

    static BackendException fatal(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.fatal(ID, lock, message, cause);
    }

    private static String start(@Nullable String lock, String what) {
        return "Could not " + what + (lock == null ? "" : " the lock " + Printable.quoted(lock)) + ": ";
    }

    /** The error for people: drivers hide what happened in causes, and repeat whole statements. */
    private static String said(SQLException e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root == e ? text(e) : text(e) + ": " + text(root);
        String line = text.replaceAll("\\s+", " ").strip();
        return (line.length() > 300 ? line.substring(0, 300) + "..." : line)
                + (e.getSQLState() == null ? "" : ", SQLState " + e.getSQLState());
    }

    private static String text(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
