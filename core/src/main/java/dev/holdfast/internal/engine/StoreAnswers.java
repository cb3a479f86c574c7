// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.internal.engine.Exchange.Answer;
import dev.holdfast.internal.engine.StoreClaim.State;
import dev.holdfast.spi.Session;
import dev.holdfast.spi.Token;
import org.jspecify.annotations.Nullable;

/**
 * What a backend tells about one name: its answers, whenever they come and whatever has become of the question, and what it tells unasked.
 * Each is a transition of the {@link LocalQueue}, made of the steps of {@link StoreSide}.
 */
final class StoreAnswers {
    /** The slow re-check of a place in the store's line, because pushes get lost. */
    private static final long LONGEST_RECHECK = 5_000_000_000L;

    private final LocalQueue queue;
    private final StoreSide side;
    private final Engine engine;

    StoreAnswers(LocalQueue queue, StoreSide side) {
        this.queue = queue;
        this.side = side;
        engine = queue.engine;
    }

    /** A lease is valid for {@code firstNanos} and, once it has been renewed, for {@code leaseNanos} at a time. */
    void granted(
            StoreClaim to, long revision, long sentNanos, long firstNanos, long leaseNanos, @Nullable Session session) {
        queue.lock();
        long now = engine.platform.nanoTime();
        switch (to.state) {
            case CLAIMING -> {
                side.answered(now);
                to.exchange().mayExist = true;
                long validUntil = session == null ? Nanos.validUntil(sentNanos, firstNanos) : session.validUntilNanos();
                if (Nanos.isPast(validUntil, now)) {
                    // The answer took longer than the lease: of no use to anybody, and perhaps somebody else's by now.
                    side.leave(to, now);
                } else if (session == null
                        && firstNanos < leaseNanos
                        && queue.line().firstKeepsIt()) {
                    side.ask(to, now);
                } else {
                    hold(to, revision, validUntil, leaseNanos, session, now);
                    if (session == null && firstNanos < leaseNanos) {
                        to.countBriefly(sentNanos, firstNanos);
                    } else if (session == null) {
                        to.countFrom(sentNanos);
                    }
                }
                queue.pump(now);
                side.arm(to);
            }
            case HELD -> grantedAgain(to, revision, sentNanos, session == null && firstNanos == leaseNanos, now);
            case LEAVING -> to.leaving().ghost = true;
            case GONE -> {
                side.leave(to, now);
                engine.departs(to);
            }
        }
        queue.finish(false);
    }

    /** An earlier request may be answered after the one that was granted, or be carried out once more. */
    private void grantedAgain(StoreClaim held, long revision, long sentNanos, boolean wholeLease, long now) {
        if (revision > held.revision()) {
            // The store had lost the first grant, so that others may have had the lock, and whoever renews this one
            // does not find out.
            queue.loseTurn(LeaseLoss.TAKEN_OVER);
            side.leave(held, now);
            queue.pump(now);
            side.arm(held);
        } else if (wholeLease && revision == held.revision()) {
            side.extend(held, sentNanos, now);
        }
    }

    private void hold(
            StoreClaim to, long revision, long validUntil, long leaseNanos, @Nullable Session session, long now) {
        try {
            to.hold(revision, validUntil, leaseNanos, session, now);
            side.stay.goesOn(to);
        } catch (ArithmeticException e) {
            queue.failAll(BackendException.fatal(
                    engine.backendId(),
                    queue.lockName,
                    "The store's revision " + revision + " cannot be made a token: it must be from 1 to "
                            + Token.LARGEST_REVISION,
                    e));
            side.leave(to, now);
            return;
        }
        if (to.mayExpire()) {
            engine.keeper.leaseHeld();
        }
        Ticket first = queue.line().first();
        if (first != null && first.terms.sameLease(to.terms)) {
            queue.assign(to, first, now);
        }
    }

    /** The lock is taken: queued or busy. */
    void taken(StoreClaim asked, Answer answer, long retryAfterNanos) {
        queue.lock();
        long now = engine.platform.nanoTime();
        switch (asked.state) {
            case CLAIMING -> {
                boolean again = answer == Answer.BUSY
                        && !asked.waits()
                        && queue.line().hasPatient()
                        && engine.deployment().line();
                Exchange exchange = asked.exchange();
                boolean woken = exchange.askAgain;
                side.answered(now);
                side.stay.ends();
                exchange.answered(answer);
                queue.answerAllOnce(Ticket.State.BUSY, null);
                if (answer == Answer.QUEUED) {
                    promiseToAwait(asked);
                    long slow = Math.min(LONGEST_RECHECK, asked.terms.leaseNanos / 2);
                    exchange.nextAskAt = Nanos.after(now, retryAfterNanos > 0 ? Math.min(slow, retryAfterNanos) : slow);
                } else {
                    long pause = retryAfterNanos > 0 ? retryAfterNanos : asked.terms.pollNanos;
                    exchange.nextAskAt = Nanos.after(now, side.jittered(Math.min(LONGEST_RECHECK, pause)));
                }
                queue.pump(now);
                if ((again || woken) && asked.state == State.CLAIMING) {
                    side.ask(asked, now);
                }
                side.arm(asked);
            }
            case HELD -> {}
            case LEAVING -> asked.leaving().ghost |= answer == Answer.QUEUED;
            case GONE -> {
                if (answer == Answer.QUEUED) {
                    side.leave(asked, now);
                    engine.departs(asked);
                }
            }
        }
        queue.finish(false);
    }

    /** The store counts on the thread that asked: it waits for the claim, or somebody is told that it does not. */
    private void promiseToAwait(StoreClaim asked) {
        if (asked.awaits()) {
            Ticket first = queue.line().first();
            if (first != null && first.thread == Thread.currentThread()) {
                first.awaited = asked;
            } else {
                queue.afterwards(() -> engine.recall(asked));
            }
        }
    }

    void failed(StoreClaim asked, BackendException cause, boolean mayHaveApplied) {
        queue.lock();
        long now = engine.platform.nanoTime();
        switch (asked.state) {
            case CLAIMING -> {
                side.unanswered(asked, cause, mayHaveApplied, now);
                queue.pump(now);
                side.arm(asked);
            }
            case HELD -> {}
            case LEAVING -> asked.leaving().ghost |= mayHaveApplied;
            case GONE -> {
                if (mayHaveApplied) {
                    side.leave(asked, now);
                    engine.departs(asked);
                }
            }
        }
        queue.finish(false);
    }

    void renewed(StoreClaim held, long sentNanos) {
        queue.lock();
        if (held.state == State.HELD) {
            side.extend(held, sentNanos, engine.platform.nanoTime());
        }
        queue.finish(false);
    }

    void notRenewed(StoreClaim held, BackendException cause) {
        queue.lock();
        Renewal renewal = held.renewal();
        if (held.state == State.HELD && renewal != null) {
            long now = engine.platform.nanoTime();
            side.renewalFailed(renewal, cause, now);
            queue.pump(now);
            side.arm(held);
        }
        queue.finish(false);
    }

    /** The store says that the claim no longer holds the lock. */
    void gone(StoreClaim held, LeaseLoss why) {
        queue.lock();
        if (held.state == State.HELD) {
            lost(held, why);
        } else if (held.state == State.CLAIMING) {
            // It has been granted and taken away; the answer that says "granted" is still on its way, and must find
            // nobody.
            long now = engine.platform.nanoTime();
            held.exchange().mayExist = true;
            side.leave(held, now);
            queue.pump(now);
        }
        queue.finish(false);
    }

    private void lost(StoreClaim held, LeaseLoss why) {
        queue.loseTurn(why);
        if (held.mayExpire()) {
            engine.keeper.leaseOver();
        }
        side.end(held, ReleaseResult.ALREADY_LOST);
        queue.pump(engine.platform.nanoTime());
    }

    void freed(StoreClaim left, boolean held) {
        queue.lock();
        if (left.state == State.LEAVING) {
            // Without anybody in line, nobody will ask when this was answered.
            boolean looks = !queue.line().isEmpty() || left.leaving().ghost || side.stay.isOn();
            long now = looks ? engine.platform.nanoTime() : side.answeredAt();
            side.answered(now);
            Departure departure = left.leaving();
            departure.wasFreed |= held;
            if (departure.ghost) {
                departure.ghost = false;
                left.asks(now, false, left.terms.callNanos);
                side.withdraw(left);
                side.arm(left);
            } else {
                // When an earlier try was not confirmed, it may have been the one that freed the lock; the lease was
                // valid then.
                boolean ours = departure.wasFreed || left.exchange().failures > 0;
                if (side.claim() == left && departure.wasHeld) {
                    side.stay.isFree(now);
                }
                side.end(left, ours ? ReleaseResult.RELEASED : ReleaseResult.ALREADY_LOST);
                queue.pump(now);
            }
        }
        queue.finish(false);
    }

    void notFreed(StoreClaim left, BackendException cause) {
        queue.lock();
        if (left.state == State.LEAVING) {
            side.notFreed(left, cause, engine.platform.nanoTime());
            side.arm(left);
        }
        queue.finish(false);
    }

    // What the backend tells unasked

    void wake() {
        queue.lock();
        StoreClaim waiting = side.claim();
        if (waiting != null && waiting.state == State.CLAIMING) {
            Exchange exchange = waiting.exchange();
            if (exchange.asking) {
                exchange.askAgain = true;
            } else {
                side.ask(waiting, engine.platform.nanoTime());
            }
        }
        queue.finish(false);
    }

    void contended(StoreClaim held) {
        queue.lock();
        // It may come before the grant that it is about.
        if (held.state == State.HELD || held.state == State.CLAIMING) {
            long now = engine.platform.nanoTime();
            held.contend(now);
            queue.pump(now);
        }
        queue.finish(false);
    }

    void sessionLost(Session session, LeaseLoss why) {
        queue.lock();
        StoreClaim bound = side.claim();
        if (bound != null && bound.session() == session) {
            sessionLost(bound, why);
        }
        queue.finish(false);
    }

    /** A claim that leaves on its own has nothing left to free. */
    void departedWith(Session session, StoreClaim left) {
        queue.lock();
        if (left.state == State.LEAVING && left.session() == session) {
            sessionLost(left, LeaseLoss.SESSION_CLOSED);
        }
        queue.finish(false);
    }

    private void sessionLost(StoreClaim bound, LeaseLoss why) {
        if (bound.state == State.HELD) {
            lost(bound, why);
        } else if (bound.state == State.LEAVING && bound.leaving().wasHeld) {
            side.end(bound, ReleaseResult.RELEASED);
            queue.pump(engine.platform.nanoTime());
        }
    }

    void verify() {
        queue.lock();
        StoreClaim held = side.claim();
        if (held != null && held.state == State.HELD && held.isRenewable()) {
            Renewal renewal = held.renewal();
            if (renewal != null && !renewal.asking) {
                renewal.nextAt = engine.platform.nanoTime();
                side.arm(held);
            }
        }
        queue.finish(false);
    }
}
