// SPDX-License-Identifier: Apache-2.0
/** Which names a lock may have. */
@NullMarked
package dev.holdfast.internal.names;

import org.jspecify.annotations.NullMarked;
