// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.ReleaseResult;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A {@link StoreClaim} on its way out of the store, and who waits for that. Under the queue's mutex, but for what the releaser reads. */
final class Departure {
    /** Whether it held the lock, and is released; otherwise it is withdrawn. */
    final boolean wasHeld;

    /** Until when a new claim for the name waits for this one. */
    final long blocksUntil;

    /** When the store has forgotten it in any case. */
    final long overAt;

    /** Until when the caller of a release waits to hear that it is confirmed. */
    volatile long confirmBy;

    /** Something came to stand in the store while it was leaving: what is confirmed after that may have been sent before. */
    boolean ghost;

    /** A try to free it found that it held the lock. */
    boolean wasFreed;

    /** What is known about the release; set once. */
    volatile @Nullable ReleaseResult outcome;

    volatile @Nullable Thread releaser;

    @Nullable
    CompletableFuture<ReleaseResult> release;

    Departure(boolean wasHeld, long blocksUntil, long overAt, long confirmBy) {
        this.wasHeld = wasHeld;
        this.blocksUntil = blocksUntil;
        this.overAt = overAt;
        this.confirmBy = confirmBy;
    }

    /** When the keeper has to look at it again. */
    long nextDue(boolean blocks) {
        return Nanos.earlier(
                Nanos.earlier(overAt, outcome == null ? confirmBy : Nanos.NEVER), blocks ? blocksUntil : Nanos.NEVER);
    }
}
