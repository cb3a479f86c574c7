// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that wait for the data base, so that nobody else has to: as many for requests as there may be connections for them, and one that
 * renews leases, which never stand in line behind anything else. They end when they are idle.
 */
final class Lanes implements AutoCloseable {
    private static final int IDLE_SECONDS = 5;
    private static final int CLOSING_MILLIS = 50;

    private final ThreadPoolExecutor requests;
    private final ThreadPoolExecutor renewals;

    Lanes(int connections) {
        requests = lane("request", connections);
        renewals = lane("renewal", 1);
    }

    private static ThreadPoolExecutor lane(String name, int threads) {
        ThreadPoolExecutor lane = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(name));
        lane.allowCoreThreadTimeOut(true);
        return lane;
    }

    static ThreadFactory factory(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(null, task, "holdfast-jdbc-" + name + "-" + number.incrementAndGet(), 0, false);
            thread.setDaemon(true);
            return thread;
        };
    }

    Executor requests() {
        return task -> execute(requests, task);
    }

    void renew(Runnable task) {
        execute(renewals, task);
    }

    /** What comes after the end has nobody left who waits for it. */
    private static void execute(ThreadPoolExecutor lane, Runnable task) {
        try {
            lane.execute(task);
        } catch (RejectedExecutionException e) {
            if (!lane.isShutdown()) {
                throw e;
            }
        }
    }

    /** What hangs goes on for a moment, until its connection is ended. */
    @Override
    public void close() {
        requests.shutdownNow();
        renewals.shutdownNow();
        try {
            renewals.awaitTermination(CLOSING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
