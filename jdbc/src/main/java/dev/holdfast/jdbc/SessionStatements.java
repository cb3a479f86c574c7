// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server says and does about locks that end with a connection. Its answers come with the number of the connection that gave them: behind
 * a pooler that may be another one than the locks were taken on.
 */
interface SessionStatements {
    /**
     * What the server says about a connection.
     *
     * @param connection its number
     * @param leaseMillis for how long the server keeps it without hearing from it, 0 for ever
     * @param uptimeMillis for how long the server has run, at least
     */
    record Connected(long connection, long leaseMillis, long uptimeMillis) {}

    /**
     * What became of a try to take a lock.
     *
     * @param connection which one answered
     * @param revision of the grant, or 0 if the lock is taken
     */
    record Took(long connection, long revision) {}

    /**
     * Who holds a lock.
     *
     * @param connection its number, which is the process at the server where each connection has one
     * @param label the owner for people, or null
     */
    record Holder(long connection, @Nullable String label) {}

    /** The shortest lease that the server can keep and that is as long as asked. */
    long granted(long leaseMillis);

    /** Lets the server end this connection when it has not heard from it for so long. */
    void limit(Session session, long leaseMillis) throws SQLException;

    Connected connected(Session session) throws SQLException;

    /** The number of the connection, and a sign of life. */
    long ping(Session session) throws SQLException;

    /** Makes the fence no less than the server's clock: whatever it was before data got lost, it rises. */
    void raise(Session session) throws SQLException;

    /** Shows the owner's label at the server, where that is possible. */
    void label(Session session, String label) throws SQLException;

    /** Tries to take a lock. It would be granted again to a connection that has it: to be asked only if it has not. */
    Took take(Session session, String key) throws SQLException;

    /** Gives locks back, and perhaps tells who waits; whether all were held. */
    boolean release(Session session, List<String> keys, boolean tells) throws SQLException;

    /** Who holds a lock; empty if nobody does. */
    List<Holder> holders(Session session, String key) throws SQLException;

    /** Whether the server tells the labels of holders. */
    boolean tellsLabels();

    /** How an operator ends a connection. */
    String ending(long connection);

    /** Whether a restart of the server is the only thing that ends connections unasked, and can be noticed afterwards. */
    boolean noticesRestarts();

    /** What a lock is called at the server: names there are short, or numbers. */
    static byte[] digest(String space, String key) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(space.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return sha.digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
