// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.LockInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing.
 *
 * @param locks held locks
 * @param cursor where the next page starts, or null if this was the last one
 */
public record Page(List<LockInfo> locks, @Nullable String cursor) {}
