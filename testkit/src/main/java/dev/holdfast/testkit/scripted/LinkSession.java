// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Session;

/** A client's session: valid for its timeout after the sending of the last sign of life that was answered, less a margin. */
final class LinkSession implements Session {
    private final String id;
    private final ScriptedLink link;
    private final long timeoutNanos;
    private final long lengthNanos;
    private boolean alive;
    private boolean over;
    private long validUntil;

    LinkSession(String id, ScriptedLink link, long timeoutNanos) {
        this.id = id;
        this.link = link;
        this.timeoutNanos = timeoutNanos;
        lengthNanos = timeoutNanos - Math.max(timeoutNanos / 100, 25_000_000L);
    }

    String id() {
        return id;
    }

    /** The store has answered a request; false if that came too late to be of use. */
    synchronized boolean answered(long sentNanos) {
        long until = sentNanos + lengthNanos;
        if (alive && validUntil - link.nanoTime() <= 0) {
            over = true;
        }
        if (!alive || until - validUntil > 0) {
            validUntil = until;
        }
        alive = true;
        return !over;
    }

    synchronized boolean isUsable() {
        return !over && (!alive || validUntil - link.nanoTime() > 0);
    }

    synchronized void end() {
        over = true;
    }

    synchronized boolean isOver() {
        return over;
    }

    @Override
    public synchronized long validUntilNanos() {
        return over || !alive ? link.nanoTime() : validUntil;
    }

    @Override
    public synchronized LeaseLoss loss() {
        return over ? LeaseLoss.SESSION_CLOSED : LeaseLoss.BACKEND_UNREACHABLE;
    }

    @Override
    public long timeoutNanos() {
        return timeoutNanos;
    }
}
