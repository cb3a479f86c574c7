// SPDX-License-Identifier: Apache-2.0
/**
 * The engine: one per client. Local queues, the lease keeper, local handover, the views of a lock.
 *
 * <p>Start reading at {@link dev.holdfast.internal.engine.LocalQueue}, which has every transition of a name in one place.
 */
@NullMarked
package dev.holdfast.internal.engine;

import org.jspecify.annotations.NullMarked;
