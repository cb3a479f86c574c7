// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Txn;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many changes be under way at once and no more, so that ten thousand at once do not all come too late: etcd writes each of them to
 * the disks of most members. What keeps leases alive never waits here.
 */
final class Window {
    private static final int WIDTH = 256;

    private final Cluster cluster;
    private final Semaphore free = new Semaphore(WIDTH);
    private final Queue<Waiting> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pumping = new AtomicInteger();

    private record Waiting(Txn change, long giveUpNanos, CompletableFuture<byte[]> answer) {}

    Window(Cluster cluster) {
        this.cluster = cluster;
    }

    /** A transaction, as soon as it may be sent. */
    CompletableFuture<byte[]> txn(Txn change, long giveUpNanos) {
        Waiting waiting = new Waiting(change, giveUpNanos, new CompletableFuture<>());
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
            while (!line.isEmpty() && free.tryAcquire()) {
                send(line.poll());
            }
            seen = pumping.addAndGet(-seen);
        } while (seen != 0);
    }

    private void send(Waiting next) {
        if (next.giveUpNanos - System.nanoTime() <= 0) {
            free.release();
            next.answer.completeExceptionally(CallFailure.late(cluster.where()));
            return;
        }
        var unused = cluster.call(Method.TXN, next.change.request(), next.giveUpNanos)
                .whenComplete((answer, failure) -> {
                    free.release();
                    if (failure == null) {
                        next.answer.complete(answer);
                    } else {
                        next.answer.completeExceptionally(failure);
                    }
                    pump();
                });
    }
}
