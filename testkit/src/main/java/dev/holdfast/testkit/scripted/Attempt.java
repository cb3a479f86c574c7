// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import org.jspecify.annotations.Nullable;

/** What a client's side of the store knows about a claim. */
final class Attempt {
    final String alias;

    private boolean sent;
    private long countsFrom;

    /** The session that the claim was last asked for in. */
    volatile @Nullable LinkSession session;

    Attempt(String alias) {
        this.alias = alias;
    }

    /** A request was sent. Before the first one the store has nothing that could expire. */
    synchronized void sends(long sentNanos) {
        if (!sent) {
            sent = true;
            countsFrom = sentNanos;
        }
    }

    /** The store has kept the claim for its lease time after a request, whatever else arrives. */
    synchronized long keptSince(long sentNanos) {
        if (sentNanos - countsFrom > 0) {
            countsFrom = sentNanos;
        }
        return countsFrom;
    }

    /** From when the expiry of what the store has surely counts. */
    synchronized long countsFrom() {
        return countsFrom;
    }
}
