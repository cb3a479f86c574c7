// SPDX-License-Identifier: Apache-2.0
/** Connections to memcached: a {@code Node} is a server, a {@code Link} one connection to it, an {@code Exchange} a request and its replies. */
@NullMarked
package dev.holdfast.memcached.link;

import org.jspecify.annotations.NullMarked;
