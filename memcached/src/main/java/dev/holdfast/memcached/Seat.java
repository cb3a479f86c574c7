// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Link;
import dev.holdfast.spi.Claim;
import org.jspecify.annotations.Nullable;

/**
 * What a claim knows of its item. A version is only worth something on the connection on which it was learnt: a server that was started again counts its
 * versions from 1, so an old one may be that of somebody else's lock by now.
 */
final class Seat {
    private @Nullable Link link;
    private long cas;
    private long revision;
    private long expirySentNanos;

    /** How many requests to put the item have not been answered, and when the first of them was sent. */
    private int asked;

    private long firstAskedNanos;

    /** The claim's seat, made when it first asks. */
    static Seat of(Claim claim) {
        Seat seat = ofKnown(claim);
        if (seat == null) {
            seat = new Seat();
            claim.attach(seat);
        }
        return seat;
    }

    /** The claim's seat, or null if it never asked. */
    static @Nullable Seat ofKnown(Claim claim) {
        return (Seat) claim.attachment();
    }

    synchronized void asks(long sentNanos) {
        if (asked++ == 0) {
            firstAskedNanos = sentNanos;
        }
    }

    /** A request to put the item was answered: whatever else was asked before on the same connection was answered, too. */
    synchronized void isAnswered() {
        asked--;
    }

    /** When the request was sent that set the expiry, at the earliest: an answer that got lost may have been the one. */
    synchronized long expirySentNanos() {
        return revision != 0 ? expirySentNanos : firstAskedNanos;
    }

    synchronized long revision() {
        return revision;
    }

    /** The item is the claim's. */
    synchronized void holds(Link on, long version, long newRevision, long sentNanos) {
        link = on;
        cas = version;
        revision = newRevision;
        expirySentNanos = sentNanos;
    }

    /** The item has a new expiry, and a new version. */
    synchronized void isRenewed(Link on, long version, long sentNanos) {
        if (revision != 0) {
            link = on;
            cas = version;
            expirySentNanos = sentNanos;
        }
    }

    /** The version of the item that is the claim's on this connection; 0 to look it up. */
    synchronized void learns(Link on, long version) {
        link = on;
        cas = version;
    }

    /** The version of the item, as far as this connection can know; 0 otherwise. */
    synchronized long cas(Link on) {
        return link == on ? cas : 0;
    }

    synchronized boolean isHeld() {
        return revision != 0;
    }

    /** Whether the item was the claim's, and its lease not over, at a time not before it was granted or renewed last. */
    synchronized boolean isHeldAt(long nanos, long leaseNanos) {
        return revision != 0 && nanos - expirySentNanos < leaseNanos;
    }

    /** There is nothing of the claim any more. */
    synchronized void leaves() {
        link = null;
        cas = 0;
        revision = 0;
    }
}
