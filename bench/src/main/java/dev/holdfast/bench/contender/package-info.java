// SPDX-License-Identifier: Apache-2.0
/** The locks that are measured: one small class each. Start reading at {@code Contender}. */
@NullMarked
package dev.holdfast.bench.contender;

import org.jspecify.annotations.NullMarked;
