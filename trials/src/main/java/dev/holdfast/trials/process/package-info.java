// SPDX-License-Identifier: Apache-2.0
/**
 * Other processes for a test: started on its class path, spoken to line by line, stopped, continued and killed, and never left behind.
 *
 * <p>Start at {@link dev.holdfast.trials.process.WorkerProcess}; {@link dev.holdfast.trials.process.LockWorker} is a ready worker that does
 * with locks what it is told.
 */
@NullMarked
package dev.holdfast.trials.process;

import org.jspecify.annotations.NullMarked;
