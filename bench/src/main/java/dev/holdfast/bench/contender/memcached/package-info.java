// SPDX-License-Identifier: Apache-2.0
/** What one uses memcached as a lock with otherwise, and the bare round trip to it. */
@NullMarked
package dev.holdfast.bench.contender.memcached;

import org.jspecify.annotations.NullMarked;
