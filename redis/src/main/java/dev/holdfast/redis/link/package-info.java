// SPDX-License-Identifier: Apache-2.0
/**
 * Connections to Redis, on Lettuce: at most once, never replayed, one for commands and pushes alike.
 *
 * <p>{@code NodeLink} is the connection to one node over all its breaks, {@code Request} one command with its answer, {@code ServerClock}
 * what is known of the node's clock.
 */
@NullMarked
package dev.holdfast.redis.link;

import org.jspecify.annotations.NullMarked;
