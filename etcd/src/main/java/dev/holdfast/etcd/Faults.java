// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.BackendException;
import dev.holdfast.etcd.link.CallFailure;
import io.grpc.Status;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with etcd, in words that say what to do.
 *
 * @param user the user that is used, or null
 * @param tls whether connections are encrypted
 */
record Faults(@Nullable String user, boolean tls) {
    static final String ID = "etcd";

    /** A call about a lock, or about none, was not answered as it should be. */
    BackendException of(@Nullable String lock, String what, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String start = "Could not " + what + (lock == null ? "" : " the lock '" + lock + "'");
        if (cause instanceof CallFailure call) {
            return ofCall(lock, start + " at etcd " + call.where() + ": ", call);
        }
        return BackendException.fatal(ID, lock, start + ": " + cause.getMessage(), cause);
    }

    private BackendException ofCall(@Nullable String lock, String start, CallFailure call) {
        String text = call.text();
        // gRPC adds what the connection was made of, in further lines.
        String says = " ("
                + (text.isEmpty()
                        ? call.code().toString()
                        : text.lines().findFirst().orElse(text)) + ")";
        return switch (call.code()) {
            case PERMISSION_DENIED ->
                fatal(
                        lock,
                        start + "the user " + user
                                + " may not read and write the keys of locks. Grant its role readwrite on"
                                + " the prefix that the names begin with" + says,
                        call);
            case INVALID_ARGUMENT, UNAUTHENTICATED, FAILED_PRECONDITION -> refused(lock, start, says, call);
            case RESOURCE_EXHAUSTED ->
                transientFault(
                        lock,
                        start
                                + "it has no room left. Compact and defragment it, raise --quota-backend-bytes, then disarm its"
                                + " alarm; or send it less at once" + says,
                        call);
            case UNIMPLEMENTED -> fatal(lock, start + "this is no etcd of version 3.4 or later" + says, call);
            case DEADLINE_EXCEEDED ->
                transientFault(
                        lock, start + "it did not answer in time. It hangs, or the way to it is broken" + says, call);
            case UNAVAILABLE -> unavailable(lock, start, says, call);
            case CANCELLED ->
                transientFault(lock, start + "the client is closed, or the call was cancelled" + says, call);
            default -> transientFault(lock, start + "it failed" + says, call);
        };
    }

    private BackendException refused(@Nullable String lock, String start, String says, CallFailure call) {
        String text = call.text();
        if (text.contains("user name is empty")) {
            return fatal(lock, start + "it wants a user and a password: etcd://user:password@host" + says, call);
        }
        if (text.contains("authentication failed")) {
            return fatal(lock, start + "user or password is wrong" + says, call);
        }
        if (call.code() == Status.Code.UNAUTHENTICATED || text.contains("auth store is old")) {
            return transientFault(lock, start + "it does not accept the token that it gave before" + says, call);
        }
        return fatal(lock, start + "it refused the request" + says, call);
    }

    private BackendException unavailable(@Nullable String lock, String start, String says, CallFailure call) {
        Throwable root = root(call);
        String text = call.text();
        if (root instanceof UnknownHostException) {
            return transientFault(lock, start + "the host is not known" + says, call);
        }
        if (isAboutTls(call)) {
            return BackendException.fatal(
                    ID,
                    lock,
                    start + "no encrypted connection can be made. Check that the parameter ca has the authority of the"
                            + " server's certificate, cert and key the client's if the server wants one, and that the port is"
                            + " one for TLS" + says,
                    call);
        }
        if (text.contains("no leader") || text.contains("request timed out") || text.contains("leader changed")) {
            return transientFault(
                    lock,
                    start
                            + "the cluster has no leader at the moment. More than half of its members must run and reach each"
                            + " other" + says,
                    call);
        }
        if (root instanceof java.net.ConnectException) {
            return transientFault(lock, start + "nothing listens there" + says, call);
        }
        return transientFault(
                lock,
                start + "the connection broke; if it always does, "
                        + (tls
                                ? "the port may not be one for encrypted connections"
                                : "the port may be one for TLS: add tls=true")
                        + says,
                call);
    }

    private static boolean isAboutTls(CallFailure call) {
        for (Throwable cause = call; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return true;
            }
        }
        return call.text().contains("TLS negotiation");
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** A certificate or key could not be read. */
    static BackendException unusableFiles(IllegalArgumentException e) {
        return BackendException.fatal(ID, null, "The files for TLS cannot be used: " + root(e).getMessage(), e);
    }

    /** Something that is no lock stands where locks do, and never goes away by itself. */
    static BackendException foreignKey(String lock, String key) {
        return fatal(
                lock,
                "The lock '" + lock + "' cannot be taken: the key '" + key
                        + "' below its name is bound to no lease, so it is"
                        + " no lock and stays for ever. Remove it, or use another name or prefix",
                null);
    }

    static BackendException fatal(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.fatal(ID, lock, message, cause);
    }

    static BackendException transientFault(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.transientFault(ID, lock, message, cause);
    }
}
