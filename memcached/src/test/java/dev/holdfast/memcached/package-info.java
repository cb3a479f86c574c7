// SPDX-License-Identifier: Apache-2.0
/** memcached backend, on real servers. */
@NullMarked
package dev.holdfast.memcached;

import org.jspecify.annotations.NullMarked;
