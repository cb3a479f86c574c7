// SPDX-License-Identifier: Apache-2.0
/**
 * Locks on Redis. A lock is a plain string with an expiry, as {@code SET key value NX PX} makes it, so that programs which lock like that
 * and this library exclude each other. Waiting clients stand in a line that Redis keeps; a release passes the lock on to the first of
 * them inside Redis and tells it by a push.
 *
 * <p>Start reading at {@link dev.holdfast.redis.RedisBackend}. {@code Seat} is what a claim has at Redis, {@code KeyLayout} where that
 * stands. {@link dev.holdfast.redis.RedlockBackend} asks several independent servers; {@code Ballot} is what a claim has there. The package
 * {@code script} has what runs inside Redis, {@code link} the connections.
 */
@NullMarked
package dev.holdfast.redis;

import org.jspecify.annotations.NullMarked;
