// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.DistributedLock;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLostException;
import dev.holdfast.spi.Printable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A name and the terms on which it is asked for. */
final class NamedLock implements DistributedLock {
    private final Engine engine;
    private final String name;
    private final Terms terms;

    /** The last queue, which is used again if the name is: under steady use it is allocated once. */
    private volatile LocalQueue queue;

    NamedLock(Engine engine, String name, Terms terms) {
        this.engine = engine;
        this.name = name;
        this.terms = terms;
        queue = engine.queue(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Lease acquire() throws InterruptedException {
        return Objects.requireNonNull(waitFor(Nanos.NEVER, true));
    }

    @Override
    public Lease acquire(Duration timeout) throws InterruptedException {
        return Objects.requireNonNull(waitFor(checked(timeout), true));
    }

    @Override
    public @Nullable Lease tryAcquire() {
        return waitUninterruptibly(0, false);
    }

    @Override
    public @Nullable Lease tryAcquire(Duration timeout) throws InterruptedException {
        return waitFor(checked(timeout), false);
    }

    /** Without listening to interrupts; the flag is kept. */
    Lease acquireUninterruptibly() {
        return Objects.requireNonNull(waitUninterruptibly(Nanos.NEVER, true));
    }

    private @Nullable Lease waitUninterruptibly(long timeout, boolean orThrow) {
        while (true) {
            Ticket ticket = enter(timeout, orThrow, Thread.currentThread(), null);
            try {
                Waiting.forAnswer(queue(ticket), ticket, false);
            } catch (InterruptedException e) {
                throw new AssertionError("waits without listening to interrupts", e);
            }
            Lease lease = ticket.outcome();
            if (lease == null || lease.isHeld()) {
                return lease;
            }
        }
    }

    /** A lease that ran out between its grant and here, because this thread was stopped, is not handed out: it asks again. */
    private @Nullable Lease waitFor(long timeout, boolean orThrow) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for " + Printable.quoted(name));
        }
        long deadline = timeout == Nanos.NEVER ? Nanos.NEVER : Nanos.after(engine.platform.nanoTime(), timeout);
        long left = timeout;
        while (true) {
            Ticket ticket = enter(left, orThrow, Thread.currentThread(), null);
            Waiting.forAnswer(queue(ticket), ticket, true);
            Lease lease = ticket.outcome();
            if (lease == null || lease.isHeld()) {
                return lease;
            }
            left = Nanos.until(deadline, engine.platform.nanoTime());
        }
    }

    @Override
    public CompletableFuture<Lease> acquireAsync() {
        return enterAsync(Nanos.NEVER, true);
    }

    @Override
    public CompletableFuture<Lease> acquireAsync(Duration timeout) {
        return enterAsync(checked(timeout), true);
    }

    @Override
    public CompletableFuture<@Nullable Lease> tryAcquireAsync() {
        return enterAsync(0, false);
    }

    @Override
    public CompletableFuture<@Nullable Lease> tryAcquireAsync(Duration timeout) {
        return enterAsync(checked(timeout), false);
    }

    private CompletableFuture<@Nullable Lease> enterAsync(long timeout, boolean orThrow) {
        CompletableFuture<@Nullable Lease> future = new CompletableFuture<>();
        Ticket ticket = enter(timeout, orThrow, null, future);
        // However the caller ends the future, by cancel, orTimeout or completing it himself, the ticket leaves the
        // line.
        var unused = future.whenComplete((lease, failure) -> {
            if (ticket.state() == Ticket.State.WAITING) {
                queue(ticket).cancel(ticket);
            }
        });
        return future;
    }

    private Ticket enter(
            long timeout,
            boolean orThrow,
            @Nullable Thread thread,
            @Nullable CompletableFuture<@Nullable Lease> future) {
        while (true) {
            LocalQueue asked = queue;
            Ticket ticket = new Ticket(asked, terms, timeout > 0, orThrow, thread, future);
            if (asked.enter(ticket, timeout)) {
                return ticket;
            }
            queue = engine.queue(name);
        }
    }

    private static LocalQueue queue(Ticket ticket) {
        return ticket.queue;
    }

    private static long checked(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + "; it must not be negative");
        }
        return Nanos.of(timeout);
    }

    @Override
    public void run(Runnable body) throws InterruptedException {
        Ticket lease = (Ticket) acquire();
        Throwable thrown = null;
        try {
            body.run();
        } catch (Throwable e) {
            thrown = e;
            throw e;
        } finally {
            endScope(lease, thrown);
        }
    }

    @Override
    public <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
        Ticket lease = (Ticket) acquire();
        Throwable thrown = null;
        try {
            return body.call();
        } catch (Throwable e) {
            thrown = e;
            throw e;
        } finally {
            endScope(lease, thrown);
        }
    }

    /** Releases; a loss is thrown unless the body threw, whose own exception always wins. */
    private static void endScope(Ticket lease, @Nullable Throwable thrown) {
        lease.release();
        if (lease.loss() != null) {
            LeaseLostException lost = lease.lostException("was lost while the body ran");
            if (thrown == null) {
                throw lost;
            }
            thrown.addSuppressed(lost);
        }
    }

    @Override
    public Lock asJavaLock() {
        return new ThreadOwnedLock(this, engine.threadHolds());
    }

    @Override
    public String toString() {
        return "DistributedLock[" + Printable.quoted(name) + " on " + engine.backendId() + "]";
    }
}
