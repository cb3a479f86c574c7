// SPDX-License-Identifier: Apache-2.0
/** Redis backend, on real servers. */
@NullMarked
package dev.holdfast.redis;

import org.jspecify.annotations.NullMarked;
