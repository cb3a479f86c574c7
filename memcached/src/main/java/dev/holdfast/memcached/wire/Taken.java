// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import org.jspecify.annotations.Nullable;

/**
 * What an attempt to put an item came to.
 *
 * @param stored whether there was none before, and this one was put
 * @param item what stands there right afterwards, or null if nothing does
 * @param revision the counter, raised after that look
 */
public record Taken(boolean stored, @Nullable Item item, long revision) {}
