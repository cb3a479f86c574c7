// SPDX-License-Identifier: Apache-2.0
/**
 * What several processes did with locks, written down so that not even a {@code kill -9} loses it, and whether it was exclusive and
 * fenced.
 *
 * <p>Start at {@link dev.holdfast.trials.history.HistoryRecorder} to write, at {@link dev.holdfast.trials.history.History} to read and at
 * {@link dev.holdfast.trials.history.Verdict} for the theorem that decides.
 */
@NullMarked
package dev.holdfast.trials.history;

import org.jspecify.annotations.NullMarked;
