// SPDX-License-Identifier: Apache-2.0
/**
 * Several processes fight for a few locks while they are stopped and killed at random, and the history of it is judged.
 *
 * <p>Start at {@link dev.holdfast.testkit.torture.Torture}.
 */
@NullMarked
package dev.holdfast.testkit.torture;

import org.jspecify.annotations.NullMarked;
