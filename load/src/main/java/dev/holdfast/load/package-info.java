// SPDX-License-Identifier: Apache-2.0
/** Contenders that run in turns, {@link dev.holdfast.load.Tournament}, and the temporary directory of such a start. */
@NullMarked
package dev.holdfast.load;

import org.jspecify.annotations.NullMarked;
