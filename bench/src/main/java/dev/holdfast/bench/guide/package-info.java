// SPDX-License-Identifier: Apache-2.0
/** The table of figures in docs/choosing.md. */
@NullMarked
package dev.holdfast.bench.guide;

import org.jspecify.annotations.NullMarked;
