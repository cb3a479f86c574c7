// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import org.jspecify.annotations.Nullable;

/** Until when a held {@link StoreClaim} is valid, and how that is put off. Under the queue's mutex, but for the deadline. */
final class Renewal {
    private enum Refresh {
        NONE,
        ASKED,
        ANSWERED
    }

    final long leaseNanos;

    /** By this machine's clock; not used if a session says it. Read by everybody who asks whether the lease is held. */
    volatile long validUntil;

    long nextAt = Nanos.NEVER;

    /** The store has granted less than the lease time so far, and a renewal is to set it. */
    boolean brief;

    /** A renewal has been sent and not been answered. */
    boolean asking;

    long giveUpAt;

    /** Why the last one failed; null again after one that did not. */
    @Nullable
    BackendException failure;

    /** Whether the lease is renewed so that the next ticket gets a fresh one: tried once for each turn. */
    private Refresh refresh = Refresh.NONE;

    Renewal(long leaseNanos, long validUntil) {
        this.leaseNanos = leaseNanos;
        this.validUntil = validUntil;
    }

    /** A renewal is about to be sent. */
    void begins(long now, long timeout) {
        asking = true;
        giveUpAt = Nanos.after(now, timeout);
    }

    void failed(BackendException cause) {
        asking = false;
        failure = cause;
        refreshed();
    }

    void succeeded() {
        asking = false;
        failure = null;
        refreshed();
    }

    /** Schedules the next one, at a third of the lease after the request that set its expiry was sent. */
    void dueAfter(long sentNanos) {
        // Rounded down, so that leases which are taken one after another fall due together and travel in one request.
        long grid = Math.max(1, leaseNanos / 24);
        nextAt = Math.floorDiv(sentNanos + leaseNanos / 3, grid) * grid;
    }

    /** Asks for one before the lock passes on. */
    void refresh(long now) {
        if (refresh == Refresh.NONE) {
            refresh = Refresh.ASKED;
            if (!asking) {
                nextAt = now;
            }
        }
    }

    /** Whether the next ticket waits for a renewal. */
    boolean isRefreshing() {
        return refresh == Refresh.ASKED;
    }

    /** Whether the renewal for the next ticket has been tried. */
    boolean hasRefreshed() {
        return refresh == Refresh.ANSWERED;
    }

    private void refreshed() {
        if (refresh == Refresh.ASKED) {
            refresh = Refresh.ANSWERED;
        }
    }

    void newTurn() {
        refresh = Refresh.NONE;
    }

    /** When the keeper has to look at it again. */
    long nextDue() {
        return asking ? giveUpAt : nextAt;
    }
}
