// SPDX-License-Identifier: Apache-2.0
/**
 * What is said on a connection to memcached: a {@code Dialect} writes commands and reads what their replies mean, a {@code ReplyReader} finds
 * where replies end.
 */
@NullMarked
package dev.holdfast.memcached.wire;

import org.jspecify.annotations.NullMarked;
