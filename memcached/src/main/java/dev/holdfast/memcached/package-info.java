// SPDX-License-Identifier: Apache-2.0
/**
 * Locks on memcached. A lock is an item that is only put where there is none, and only changed or removed by the version that its holder knows.
 *
 * <p>Start reading at {@link dev.holdfast.memcached.MemcachedBackend}. {@code Seat} is what a claim knows of its item; {@code AcquireCall}, {@code
 * RenewCall} and {@code LeaveCall} are the three things to do with it. The package {@code wire} has memcached's commands, {@code link} the connections.
 */
@NullMarked
package dev.holdfast.memcached;

import org.jspecify.annotations.NullMarked;
