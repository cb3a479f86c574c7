// SPDX-License-Identifier: Apache-2.0
/**
 * Measures locks against each other. {@code Main} reads the command line; a scenario (package {@code scenario}) leads contenders (package
 * {@code contender}) through rounds in processes of their own (package {@code worker}), and package {@code report} says what came of it.
 * Start reading at {@code Tournament}.
 */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
