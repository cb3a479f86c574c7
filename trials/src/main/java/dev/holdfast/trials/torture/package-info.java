// SPDX-License-Identifier: Apache-2.0
/**
 * Several processes fight for a few locks while they are stopped and killed at random, and the history of it is judged.
 *
 * <p>Start at {@link dev.holdfast.trials.torture.Torture}.
 */
@NullMarked
package dev.holdfast.trials.torture;

import org.jspecify.annotations.NullMarked;
