// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.link.RefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What goes wrong with Redis, in words that say what to do. */
final class Faults {
    private static final String ID = "redis";

    private static final Pattern IN_SCRIPT = Pattern.compile(" -([A-Z]+) ");

    /** What a server answers that has not begun to run a script; another error may have come in the middle of it, and that is not undone. */
    private static final Set<String> NOT_RUN = Set.of(
            "NOSCRIPT",
            "MOVED",
            "ASK",
            "TRYAGAIN",
            "CLUSTERDOWN",
            "MASTERDOWN",
            "LOADING",
            "BUSY",
            "NOAUTH",
            "WRONGPASS");

    private Faults() {}

    /** Whether a script that was answered with an error may have done something. */
    static boolean mayHaveApplied(String error) {
        return !NOT_RUN.contains(code(error));
    }

    /** The server answered with an error. */
    static BackendException refused(Object where, @Nullable String lock, String what, String error) {
        String start = "Redis at " + where + " refused to " + what + (lock == null ? "" : " the lock '" + lock + "'");
        String code = code(error);
        String says = " (" + error + ")";
        return switch (code) {
            case "WRONGTYPE" ->
                fatal(
                        lock,
                        start
                                + ": under its key, or one of the keys beside it that start with hf~, stands something that"
                                + " is no lock. Remove that, or use another name or prefix" + says);
            case "NOAUTH", "WRONGPASS" ->
                fatal(
                        lock,
                        start + ": user or password is wrong; both belong in the URI, redis://user:password@host"
                                + says);
            case "NOPERM" ->
                fatal(
                        lock,
                        start
                                + ": the user lacks a permission. Locks need the keys of their names and ~hf~*, the channels"
                                + " &hf~*, and the commands on the page about Redis in the documentation" + says);
            case "READONLY" ->
                transientFault(
                        lock,
                        start
                                + ": it is a read-only replica. Name the master, or use redis-sentinel: or redis-cluster:,"
                                + " which follow it" + says);
            case "OOM" ->
                transientFault(
                        lock, start + ": its memory is full. Raise maxmemory, or move other data elsewhere" + says);
            case "LOADING" -> transientFault(lock, start + ": it has just started and still loads its data" + says);
            case "BUSY" -> transientFault(lock, start + ": somebody's script keeps it busy" + says);
            case "MISCONF" -> transientFault(lock, start + ": it cannot save its data to the disk" + says);
            case "NOREPLICAS" ->
                transientFault(
                        lock, start + ": fewer replicas are connected than min-replicas-to-write asks for" + says);
            case "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "MASTERDOWN", "UNKILLABLE" ->
                transientFault(lock, start + ": the keys are on their way, or have no master at the moment" + says);
            default -> fatal(lock, start + says);
        };
    }

    static String code(String error) {
        if (error.contains("WRONGTYPE")) {
            return "WRONGTYPE";
        }
        if (error.contains("OOM command not allowed")) {
            return "OOM";
        }
        if (error.contains("NOPERM") || error.contains("The user executing the script can't")) {
            return "NOPERM";
        }
        // Before version 7 the code stands in the middle of an error of a script.
        Matcher inScript = IN_SCRIPT.matcher(error);
        if (error.startsWith("ERR Error running script") && inScript.find()) {
            return inScript.group(1);
        }
        int space = error.indexOf(' ');
        return space < 0 ? error : error.substring(0, space);
    }

    /** The answer means nothing. */
    static BackendException strange(Object where, @Nullable String lock, String what) {
        return fatal(
                lock,
                "Could not " + what + (lock == null ? "" : " the lock '" + lock + "'") + ": what Redis at " + where
                        + " answered is no answer of this library's scripts. Is there a proxy that changes scripts or their"
                        + " replies?");
    }

    /** No answer came. */
    static BackendException lost(Object where, @Nullable String lock, String what, Throwable cause) {
        Throwable root = root(cause);
        String text = root.getMessage() == null ? root.toString() : root.getMessage();
        return BackendException.transientFault(
                ID,
                lock,
                "Could not " + what + (lock == null ? "" : " the lock '" + lock + "'") + ": no answer from Redis at "
                        + where + " (" + text + ")",
                cause);
    }

    /** The client could not be opened. */
    static BackendException unusable(Object where, boolean tls, Throwable failure) {
        Throwable root = root(failure);
        if (root instanceof BackendException known) {
            return known;
        }
        String text = String.valueOf(root.getMessage());
        if (root instanceof RefusedException || root instanceof RedisCommandExecutionException) {
            if (text.contains("DB index") || text.contains("invalid DB")) {
                return fatal(
                        null,
                        "Redis at " + where + " has no such database: the number in the URI is too large (" + text
                                + ")");
            }
            if (text.contains("AUTH") && text.contains("without any password configured")) {
                return fatal(
                        null,
                        "Redis at " + where + " has no password, and the URI gives one: leave it out, or set one on the"
                                + " server (" + text + ")");
            }
            return refused(where, null, "serve this client", text);
        }
        if (isA(failure, UnknownHostException.class)) {
            return transientFault(null, "The host of Redis at " + where + " is not known: " + text);
        }
        if (isA(failure, ConnectException.class)) {
            return transientFault(
                    null,
                    "Nothing listens at " + where + ", where Redis should be: start it, or correct the URI (" + text
                            + ")");
        }
        if (tls) {
            return fatalOr(
                    isA(failure, SSLException.class),
                    "Could not agree with Redis at " + where
                            + " on TLS: perhaps its port is a plain one (then use redis:), or its"
                            + " certificate is not trusted (name the CA's with ca=/path/ca.pem), or it asks for a client's (cert"
                            + " and key) (" + text + ")",
                    failure);
        }
        return BackendException.transientFault(
                ID,
                null,
                "No usable answer from Redis at " + where + " (" + text + "). If its port is one for TLS, use rediss:",
                failure);
    }

    /** A certificate or key could not be read. */
    static BackendException unusableFiles(IllegalArgumentException e) {
        return BackendException.fatal(ID, null, "The files for TLS cannot be used: " + root(e).getMessage(), e);
    }

    private static BackendException fatalOr(boolean isFatal, String message, Throwable cause) {
        return isFatal
                ? BackendException.fatal(ID, null, message, cause)
                : BackendException.transientFault(ID, null, message, cause);
    }

    private static boolean isA(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException
                        || cause instanceof ExecutionException
                        || cause.getClass().getName().startsWith("io.lettuce"))
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static BackendException tooSlow(Object where, long nanos, TimeoutException cause) {
        return BackendException.transientFault(
                ID, null, "Redis at " + where + " did not answer within " + nanos / 1_000_000 + " ms", cause);
    }

    static BackendException fatal(@Nullable String lock, String message) {
        return BackendException.fatal(ID, lock, message, null);
    }

    static BackendException transientFault(@Nullable String lock, String message) {
        return BackendException.transientFault(ID, lock, message, null);
    }
}
