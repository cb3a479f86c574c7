// SPDX-License-Identifier: Apache-2.0
/** The locks on Redis that this project is compared with, and the bare round trip to it. */
@NullMarked
package dev.holdfast.bench.contender.redis;

import org.jspecify.annotations.NullMarked;
