// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.ReleaseResult;
import dev.holdfast.spi.Printable;

/** What a caller's own thread does until it is answered: it parks, or waits where the store grants the lock. */
final class Waiting {
    private Waiting() {}

    /** Parks the ticket's thread until it is answered. */
    static void forAnswer(LocalQueue queue, Ticket ticket, boolean interruptible) throws InterruptedException {
        boolean interrupted = false;
        try {
            while (ticket.state() == Ticket.State.WAITING) {
                if (Thread.interrupted()) {
                    if (interruptible && queue.cancel(ticket)) {
                        throw new InterruptedException(
                                "interrupted while waiting for " + Printable.quoted(queue.lockName));
                    }
                    // It has been answered meanwhile, and getting into the mutex may have used up the unpark that told
                    // so.
                    interrupted = true;
                    continue;
                }
                long now = queue.engine.platform.nanoTime();
                if (ticket.woken) {
                    queue.compete(ticket, now);
                } else if (Nanos.isPast(ticket.deadline, now)) {
                    queue.fired(ticket, now);
                } else if (ticket.awaited != null) {
                    inStore(queue, ticket, ticket.awaited);
                } else {
                    queue.engine.platform.parkNanos(queue, Nanos.until(ticket.deadline, now));
                }
            }
        } finally {
            if (ticket.awaited != null) {
                queue.engine.recall(ticket.awaited);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits where the lock is granted, so that nobody has to wake this thread then; who wants it for anything else calls it back. */
    private static void inStore(LocalQueue queue, Ticket ticket, StoreClaim claim) {
        queue.lock();
        boolean waits = ticket.state() == Ticket.State.WAITING && !ticket.woken;
        if (waits) {
            ticket.inStore = true;
            if (ticket.deadline != Nanos.NEVER) {
                queue.engine.keeper.schedule(ticket.timer(), ticket.deadline);
            }
        }
        queue.mutex.unlock();
        if (waits) {
            queue.engine.await(claim);
            ticket.awaited = null;
            ticket.inStore = false;
        }
    }

    /** Parks the current thread until its release is confirmed, or it has waited for that long enough. */
    static ReleaseResult forOutcome(Engine engine, Departure left) {
        boolean interrupted = false;
        ReleaseResult known = left.outcome;
        while (known == null) {
            interrupted |= Thread.interrupted();
            long now = engine.platform.nanoTime();
            if (Nanos.isPast(left.confirmBy, now)) {
                known = ReleaseResult.UNCONFIRMED;
            } else {
                engine.platform.parkNanos(left, Nanos.until(left.confirmBy, now));
                known = left.outcome;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return known;
    }
}
