// SPDX-License-Identifier: Apache-2.0
/**
 * What a backend implements, and what it is given.
 *
 * <p>Start reading at {@link dev.holdfast.spi.LockBackend}. The engine owns queues, timers, polling, the schedule of renewals, loss,
 * names and metrics; a backend turns five requests about a {@link dev.holdfast.spi.Claim} into commands of its store, and the
 * store's replies into answers of that claim.
 */
@NullMarked
package dev.holdfast.spi;

import org.jspecify.annotations.NullMarked;
