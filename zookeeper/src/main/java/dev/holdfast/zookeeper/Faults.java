// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/** What goes wrong with ZooKeeper, in words that say what to do. */
final class Faults {
    private static final String ID = "zookeeper";

    private Faults() {}

    /** The request was not answered, or by somebody who no longer was to: it may have been applied. */
    static boolean isUnknown(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONMOVED, REQUESTTIMEOUT -> true;
            default -> false;
        };
    }

    static boolean isSessionOver(Code code) {
        return code == Code.SESSIONEXPIRED || code == Code.AUTHFAILED || code == Code.SESSIONCLOSEDREQUIRESASLAUTH;
    }

    static Code code(int rc) {
        Code code = Code.get(rc);
        return code == null ? Code.SYSTEMERROR : code;
    }

    /** The server answered a request about a lock with an error. */
    static BackendException refused(ZooKeeperOptions options, Code code, String path, String what, String lock) {
        String start = "ZooKeeper at " + options + " refused to " + what + " the lock '" + lock + "': ";
        KeeperException cause = KeeperException.create(code, path);
        return switch (code) {
            case NOAUTH ->
                fatal(
                        lock,
                        start + (options.user() == null ? "this client" : "user '" + options.user() + "'")
                                + " has no permission at " + path + " or above it"
                                + (options.user() == null
                                        ? ". Name a user, zookeeper://user:password@host, or have the node's ACL changed"
                                        : ", or the password is wrong. The ACLs must let it create, read and delete there"),
                        cause);
            case INVALIDACL ->
                fatal(
                        lock,
                        start
                                + "its nodes were to be for their creator only, and the server knows nobody by this user's"
                                + " password or certificate (acl=creator)",
                        cause);
            case NOCHILDRENFOREPHEMERALS ->
                fatal(
                        lock,
                        start + path
                                + " is somebody's ephemeral node, which can have no children: it is no lock. Remove"
                                + " it, or use another name or path",
                        cause);
            case QUOTAEXCEEDED, THROTTLEDOP ->
                transientFault(lock, start + "it has no room for more (" + code + ")", cause);
            case UNIMPLEMENTED ->
                fatal(
                        lock,
                        start + "it is older than 3.5 and has no containers: add parent=persistent to the URI, or"
                                + " upgrade it",
                        cause);
            default -> fatal(lock, start + code + " at " + path, cause);
        };
    }

    /** Something under a lock's node is no contender. */
    static BackendException foreign(ZooKeeperOptions options, String path, String child, String lock) {
        return fatal(
                lock,
                "Under " + path + " on ZooKeeper at " + options + " stands " + child
                        + ", which is no contender for the lock '" + lock
                        + "': perhaps a read-write lock, a semaphore or a directory. Remove it, use another name or path,"
                        + " or nested=true if names are meant to be paths",
                null);
    }

    static BackendException overflow(ZooKeeperOptions options, String path, String lock) {
        return fatal(
                lock,
                "The counter of " + path + " on ZooKeeper at " + options + ", which orders who waits for the lock '"
                        + lock
                        + "', has come to its end after two thousand million turns. Stop its users for a moment, delete"
                        + " the node, and it begins again; tokens go on rising",
                null);
    }

    /** A name that no node can have. */
    static BackendException unusableName(String lock, String why) {
        return fatal(lock, "ZooKeeper cannot hold the lock '" + lock + "': " + why, null);
    }

    static BackendException authFailed(ZooKeeperOptions options, @Nullable String lock) {
        return fatal(
                lock,
                "ZooKeeper at " + options + " does not accept who this client says it is: user, password or certificate"
                        + " are wrong, or it demands another way to log in",
                null);
    }

    /** The servers granted so short a session that its heartbeats prove nothing. */
    static BackendException shortSession(ZooKeeperOptions options, long timeoutNanos, long tickNanos) {
        return fatal(
                null,
                "ZooKeeper at " + options + " granted a session of " + timeoutNanos / 1_000_000
                        + " ms, which is too short for tick=" + tickNanos / 1_000_000
                        + "ms: set tick to the servers' tickTime, and session-timeout to twice as much at least",
                null);
    }

    /** Nothing is known of a request. */
    static BackendException unknown(ZooKeeperOptions options, Code code, String what, @Nullable String lock) {
        return transientFault(
                lock,
                "Could not " + what + (lock == null ? "" : " the lock '" + lock + "'")
                        + ": no answer from ZooKeeper at " + options + " (" + code + ")",
                KeeperException.create(code));
    }

    static BackendException fatal(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.fatal(ID, lock, message, cause);
    }

    static BackendException transientFault(@Nullable String lock, String message, @Nullable Throwable cause) {
        return BackendException.transientFault(ID, lock, message, cause);
    }
}
