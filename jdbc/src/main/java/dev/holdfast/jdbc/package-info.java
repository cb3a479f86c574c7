// SPDX-License-Identifier: Apache-2.0
/**
 * Locks in a SQL data base: one row for each name, which says who has the lock and until when, by the server's clock. Nothing is deleted when a
 * lock is released, so that fencing tokens rise and clients do not meet in deadlocks.
 *
 * <p>Start reading at {@link dev.holdfast.jdbc.JdbcBackend}. A {@code Dialect} has the statements for one kind of server, {@code Database} runs them
 * on connections of a {@code ConnectionSource}, {@code Seat} keeps the requests about one claim in order, and {@code Waiters} tells when a lock
 * that is waited for may be free. With {@code mode=session} the server's own locks take the place of rows: {@code Holding} has the connection that
 * holds them. {@link dev.holdfast.jdbc.FencedWrites} is for the data that locks protect.
 */
@NullMarked
package dev.holdfast.jdbc;

import org.jspecify.annotations.NullMarked;
