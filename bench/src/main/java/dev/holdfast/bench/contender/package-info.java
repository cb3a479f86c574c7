// SPDX-License-Identifier: Apache-2.0
/** The locks that are measured: one small class each. What a contender is stands in the module {@code load}. */
@NullMarked
package dev.holdfast.bench.contender;

import org.jspecify.annotations.NullMarked;
