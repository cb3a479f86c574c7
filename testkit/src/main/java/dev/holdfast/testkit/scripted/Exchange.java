// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.BackendException;
import dev.holdfast.testkit.scripted.LinkFaults.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Requests of one client and the replies to them. */
final class Exchange {
    /** What the store replies: for people, and what the client does when it arrives. */
    record Answer(String text, Runnable arrival) {}

    /** What the client does if it is refused, or does not wait any longer. */
    interface Refused {
        void accept(BackendException cause, boolean mayHaveApplied);
    }

    private final ScriptedStore store;
    private final ScriptedLink link;
    private final BooleanSupplier closed;

    Exchange(ScriptedStore store, ScriptedLink link, BooleanSupplier closed) {
        this.store = store;
        this.link = link;
        this.closed = closed;
    }

    /** Sends a request; if the store blocks, waits for the reply. */
    void ask(String text, long giveUpNanos, Function<Records, Answer> request, Refused refused) {
        if (store.rules().blocking()) {
            askAndWait(text, giveUpNanos, request, refused);
        } else {
            send(text, request, refused, this::tell);
        }
    }

    private void tell(Runnable answer) {
        if (!closed.getAsBoolean()) {
            answer.run();
        }
    }

    /** Sends a request and waits for the reply, whose answer is given on this thread. */
    void askAndWait(String text, long giveUpNanos, Function<Records, Answer> request, Refused refused) {
        Thread waiter = Thread.currentThread();
        CompletableFuture<Runnable> reply = new CompletableFuture<>();
        send(text, request, refused, answer -> {
            reply.complete(answer);
            LockSupport.unpark(waiter);
        });
        boolean interrupted = false;
        while (!reply.isDone() && giveUpNanos - link.nanoTime() > 0) {
            if (store.isManual()) {
                store.step();
            } else {
                LockSupport.parkNanos(this, giveUpNanos - link.nanoTime());
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            waiter.interrupt();
        }
        Runnable answer = reply.getNow(null);
        if (answer != null) {
            answer.run();
        } else {
            reply.cancel(false);
            refused.accept(
                    BackendException.transientFault("scripted", null, "the store did not answer in time", null), true);
        }
    }

    /** Sends a request whose reply completes a future. */
    <T extends @Nullable Object> CompletableFuture<T> askFor(String text, Function<Records, T> request) {
        CompletableFuture<T> future = new CompletableFuture<>();
        send(
                text,
                records -> {
                    T value = request.apply(records);
                    return new Answer(text + ": " + value, () -> future.complete(value));
                },
                (cause, mayHaveApplied) -> future.completeExceptionally(cause),
                Runnable::run);
        return future;
    }

    /** Sends a sign of life, which no fault but silence touches. */
    void beat(String text, Function<Records, Answer> request) {
        store.route(new Message(
                store, link, Message.Kind.REQUEST, text, false, () -> store.serve(link, request, false, this::tell)));
    }

    private void send(String text, Function<Records, Answer> request, Refused refused, Consumer<Runnable> onReply) {
        link.countRequest();
        Refusal refusal = link.faults().takeRefusal();
        if (refusal != null) {
            Runnable answer = () -> refused.accept(refusal.cause(), refusal.mayHaveApplied());
            store.route(new Message(
                    store, link, Message.Kind.REPLY, "refused " + text, true, () -> onReply.accept(answer)));
            return;
        }
        store.route(new Message(
                store, link, Message.Kind.REQUEST, text, true, () -> store.serve(link, request, true, onReply)));
    }
}
