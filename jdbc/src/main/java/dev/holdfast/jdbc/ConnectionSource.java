// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where connections come from. They are in autocommit and READ COMMITTED. Taking one may block for longer than anybody likes. */
interface ConnectionSource extends AutoCloseable {
    /**
     * A connection for one request.
     *
     * @param connection the connection
     * @param used whether it has been used before, so that the server may have ended it meanwhile
     * @param restore what to do before it goes back to where it came from
     */
    record Lent(
            Connection connection, boolean used, @Nullable Restoring restore) {}

    /** Puts settings back as they were. */
    @FunctionalInterface
    interface Restoring {
        void restore() throws SQLException;
    }

    Lent take() throws SQLException;

    void giveBack(Lent lent);

    /** It is broken, or nobody knows what its server is doing. */
    void discard(Lent lent);

    /** Whatever waits here to be used again may be as broken as the last one was. */
    void distrust();

    /** How many connections can be kept without those that requests need, up to a number; asked while one is lent. May block for a second. */
    default int spare(int most) {
        return most;
    }

    /** How long the first connection may take at least, whatever the client would like. */
    default Duration slowestGreeting() {
        return Duration.ZERO;
    }

    /** Where it goes to, for messages, without a password. */
    String where();

    /** Ends all connections that are its own, also those that are in use. */
    @Override
    void close();
}
