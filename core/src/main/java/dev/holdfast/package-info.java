// SPDX-License-Identifier: Apache-2.0
/**
 * One lock API for the JVM, from a thread to a cluster.
 *
 * <p>Start reading at {@link dev.holdfast.Holdfast}, which opens a client from a URI and hands out {@link
 * dev.holdfast.DistributedLock}s. Acquiring one yields a {@link dev.holdfast.Lease}: the proof that the caller holds the
 * lock, for how long, and with which fencing token. All times are {@link java.time.Duration}s; all exceptions for what
 * went wrong with a lock are {@link dev.holdfast.LockException}s.
 */
@NullMarked
package dev.holdfast;

import org.jspecify.annotations.NullMarked;
