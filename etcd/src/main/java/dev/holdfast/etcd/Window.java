// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Txn;
import io.grpc.Status;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many changes be under way at once and no more, so that ten thousand at once do not all come too late: etcd writes each of them to
 * the disks of most members. What keeps leases alive never waits here.
 *
 * <p>A server that is asked for more than it does in the time of one call must not be asked for things that come too late: they cost it as much
 * as those in time, and in the end all would come too late. So fewer are under way after one has run out of time, by and by more after
 * answers, and what has waited for so long that its answer would come too late is not sent at all.
 */
final class Window {
    private static final int WIDEST = 256;
    private static final int NARROWEST = 8;

    /** After so many answers there may be one more under way. */
    private static final int WIDENING = 4;

    private final Cluster cluster;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Queue<Waiting> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pumping = new AtomicInteger();

    /** How many may be under way. */
    private volatile int width = WIDEST;

    /** How long answers take at present. */
    private volatile long usualNanos;

    private int answers;
    private long narrowedNanos = System.nanoTime();

    private record Waiting(
            Txn change, long cameNanos, long giveUpNanos, Runnable beforeRepeat, CompletableFuture<byte[]> answer) {
        /** What has more than half of its time left is always worth a try, however slow etcd was before. */
        boolean isTooLate(long now, long usualNanos) {
            return giveUpNanos - now <= Math.min(usualNanos, (giveUpNanos - cameNanos) / 2);
        }
    }

    Window(Cluster cluster) {
        this.cluster = cluster;
    }

    /** A transaction, as soon as it may be sent. */
    CompletableFuture<byte[]> txn(Txn change, long giveUpNanos, Runnable beforeRepeat) {
        Waiting waiting = new Waiting(change, System.nanoTime(), giveUpNanos, beforeRepeat, new CompletableFuture<>());
        line.add(waiting);
        pump();
        return waiting.answer;
    }

    /** By one thread at a time, and not from within itself, because an answer may come at once. */
    private void pump() {
        if (pumping.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            while (!line.isEmpty() && underWay.get() < width) {
                send(line.poll());
            }
            seen = pumping.addAndGet(-seen);
        } while (seen != 0);
    }

    private void send(Waiting next) {
        long sent = System.nanoTime();
        if (next.isTooLate(sent, usualNanos)) {
            next.answer.completeExceptionally(CallFailure.late(cluster.where()));
            return;
        }
        underWay.incrementAndGet();
        var unused = cluster.call(Method.TXN, next.change.request(), next.giveUpNanos, next.beforeRepeat)
                .whenComplete((answer, failure) -> {
                    ended(sent, failure);
                    underWay.decrementAndGet();
                    if (failure == null) {
                        next.answer.complete(answer);
                    } else {
                        next.answer.completeExceptionally(failure);
                    }
                    pump();
                });
    }

    private synchronized void ended(long sent, @Nullable Throwable failure) {
        long now = System.nanoTime();
        if (failure == null) {
            usualNanos += (now - sent - usualNanos) / 8;
            if (++answers % WIDENING == 0 && width < WIDEST) {
                width++;
            }
        } else if (failure instanceof CallFailure call
                && call.code() == Status.Code.DEADLINE_EXCEEDED
                // Those that were under way together run out of time together.
                && sent - narrowedNanos > 0) {
            narrowedNanos = now;
            usualNanos = Math.max(usualNanos, now - sent);
            width = Math.max(NARROWEST, width / 2);
        }
    }
}
