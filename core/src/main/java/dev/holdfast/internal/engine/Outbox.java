// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one {@link LocalQueue} to the store, sent strictly in the order of the transitions that made them: a withdrawal that
 * overtook its own claim would leave the claim behind. One thread sends at a time; whoever adds a request meanwhile leaves it to that
 * thread. State belongs to the queue's mutex.
 */
final class Outbox {
    enum Kind {
        ACQUIRE,
        WITHDRAW,
        RELEASE
    }

    /** Something to be asked of the store. */
    record Request(Kind kind, StoreClaim claim, @Nullable StoreClaim next) {}

    private final LocalQueue queue;
    private final ArrayDeque<Request> requests = new ArrayDeque<>(2);
    private boolean sending;
    private @Nullable Thread closer;

    Outbox(LocalQueue queue) {
        this.queue = queue;
    }

    void acquire(StoreClaim claim) {
        add(new Request(Kind.ACQUIRE, claim, null));
    }

    void withdraw(StoreClaim claim) {
        add(new Request(Kind.WITHDRAW, claim, null));
    }

    void release(StoreClaim claim, @Nullable StoreClaim next) {
        add(new Request(Kind.RELEASE, claim, next));
    }

    /** A retry that is still waiting behind a hung request does not wait there twice. */
    private void add(Request request) {
        if (!requests.contains(request)) {
            requests.add(request);
        }
    }

    boolean isIdle() {
        return !sending && requests.isEmpty();
    }

    /** Whether a request that is added now is sent by the thread that adds it, or for it, and not by one that may be hung. */
    boolean isFree() {
        return !sending;
    }

    /** The first request to be sent by the current thread, with {@link #send}, after it has left the mutex; null if there is none. */
    @Nullable
    Request begin() {
        if (sending) {
            return null;
        }
        Request first = poll();
        sending = first != null;
        return first;
    }

    /**
     * Sends what there is to send, without the mutex.
     *
     * @param first what {@link #begin} returned
     * @param mayBlock whether the current thread may wait for a blocking store, for one exchange
     */
    void send(Request first, boolean mayBlock) {
        if (!queue.engine.deployment().blocking()) {
            sendAll(first);
        } else if (mayBlock) {
            carryOut(first);
            sendRestElsewhere(first);
        } else {
            queue.engine.offload(() -> sendAll(first));
        }
    }

    private void sendAll(Request first) {
        for (Request request = first; request != null; request = next(request)) {
            carryOut(request);
        }
    }

    /** The thread has had its own exchange; what others left here meanwhile is sent on a thread of the engine. */
    private void sendRestElsewhere(Request sent) {
        Request second = next(sent);
        if (second != null) {
            queue.engine.offload(() -> sendAll(second));
        }
    }

    private void carryOut(Request request) {
        switch (request.kind) {
            case ACQUIRE -> queue.engine.sendAcquire(request.claim);
            case WITHDRAW -> queue.engine.sendWithdraw(request.claim);
            case RELEASE -> queue.engine.sendRelease(request.claim, request.next);
        }
    }

    /** Ends the sending of a request, and takes the next one or ends the sending altogether. */
    private @Nullable Request next(Request sent) {
        Request request;
        boolean idle;
        queue.lock();
        try {
            queue.store.sent(sent.claim);
            if (sent.next != null) {
                queue.store.sent(sent.next);
            }
            request = poll();
            if (request == null) {
                sending = false;
                LockSupport.unpark(closer);
            }
            idle = queue.isIdle();
        } finally {
            queue.mutex.unlock();
        }
        if (idle) {
            queue.engine.rest(queue);
        }
        return request;
    }

    /** The next request that still makes sense: a claim that is leaving by now is not asked for any more. */
    private @Nullable Request poll() {
        Request request = requests.poll();
        while (request != null && request.kind == Kind.ACQUIRE && !request.claim.isAskedFor()) {
            request = requests.poll();
        }
        return request == null || request.next == null || request.next.isAskedFor()
                ? request
                : new Request(request.kind, request.claim, null);
    }

    /** Waits until nothing is being sent any more, because the client closes; the mutex is held on entry and on return. */
    void awaitIdle(long untilNanos) {
        boolean interrupted = false;
        closer = Thread.currentThread();
        while (sending && !Nanos.isPast(untilNanos, queue.engine.platform.nanoTime())) {
            queue.mutex.unlock();
            interrupted |= Thread.interrupted();
            queue.engine.platform.parkNanos(this, Nanos.until(untilNanos, queue.engine.platform.nanoTime()));
            queue.lock();
        }
        closer = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
