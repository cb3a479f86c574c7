// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.BackendException;
import dev.holdfast.memcached.link.UnfitException;
import dev.holdfast.memcached.wire.RefusedException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What goes wrong with memcached, in words that say what to do. */
final class Faults {
    static final String ID = "memcached";

    private Faults() {}

    /** A request about a lock, or about none, was not answered as it should be. */
    static BackendException of(@Nullable String lock, String what, String where, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String start = "Could not " + what + (lock == null ? "" : " the lock '" + lock + "'") + " at memcached " + where
                + ": ";
        if (cause instanceof RefusedException refusal) {
            return refused(lock, start, refusal);
        }
        if (cause instanceof UnfitException) {
            return fatal(lock, start + cause.getMessage(), cause);
        }
        if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
            return fatal(
                    lock,
                    start + "no encrypted connection can be made. Check that the parameter ca has the authority of the"
                            + " server's certificate, cert and key the client's if the server wants one, and that the port is"
                            + " one for TLS (" + cause.getMessage() + ")",
                    cause);
        }
        return transientFault(lock, start + outage(cause), cause);
    }

    private static String outage(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "the host is not known";
        }
        if (cause instanceof ConnectException) {
            return "nothing listens there";
        }
        if (cause instanceof SocketTimeoutException) {
            return "it did not answer in time. It hangs, or the way to it is broken";
        }
        return "the connection broke (" + cause.getMessage()
                + "). If it always does: a port for TLS wants tls=true, and a server that wants SASL (-S) cannot be used,"
                + " because SASL needs the binary protocol";
    }

    private static BackendException refused(@Nullable String lock, String start, RefusedException refusal) {
        if (refusal.isOutOfMemory()) {
            return transientFault(
                    lock,
                    start + "its memory is full, and it evicts nothing (-M). Give it more (-m), or use it for"
                            + " locks only (" + refusal.line() + ")",
                    refusal);
        }
        if (refusal.isNoNumber()) {
            return fatal(
                    lock,
                    start + "something else stands where the counter of its tokens belongs, under its key with ':f'"
                            + " at the end. Delete it, or give the locks a prefix of their own (" + refusal.line()
                            + ")",
                    refusal);
        }
        return transientFault(lock, start + "it answered '" + refusal.line() + "'", refusal);
    }

    /** Something that is no lock stands where one belongs, and never goes away by itself. */
    static BackendException foreignKey(String lock, String key) {
        return fatal(
                lock,
                "The lock '" + lock + "' cannot be taken: the item '" + key
                        + "' has no expiry, so it is no lock and would stay for ever. Delete it, or give the locks a prefix"
                        + " of their own",
                null);
    }

    static BackendException transientFault(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.transientFault(ID, lock, message, cause);
    }

    static BackendException fatal(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.fatal(ID, lock, message, cause);
    }
}
