// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the master is, by the word of several sentinels. One that was cut off for a while goes on naming the old master, and it may be the
 * first to answer: so all are heard, or those that answer in time, and the newest of what they say is true.
 */
final class MasterPoll {
    private final ReentrantLock mutex = new ReentrantLock();
    private final Map<InetSocketAddress, Integer> votes = new HashMap<>();
    private final CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
    private int left;
    private boolean hurries;
    private long newest;
    private @Nullable Throwable failure;

    MasterPoll(int sentinels) {
        left = sentinels;
    }

    /** Completed when it is clear; fails with what the last one said if none knows the master. */
    CompletableFuture<InetSocketAddress> found() {
        return found;
    }

    /** One sentinel answered, or never will. */
    void heard(@Nullable MasterNamed named, @Nullable Throwable problem) {
        boolean enough;
        mutex.lock();
        try {
            if (named != null) {
                count(named);
            } else {
                failure = problem;
            }
            enough = --left == 0 || (hurries && named != null);
        } finally {
            mutex.unlock();
        }
        if (enough) {
            decide();
        }
    }

    /** From now on the word of those who have answered is enough, or of the next who does. */
    void hurry() {
        boolean enough;
        mutex.lock();
        try {
            hurries = true;
            enough = !votes.isEmpty();
        } finally {
            mutex.unlock();
        }
        if (enough) {
            decide();
        }
    }

    /** Of the same configuration most votes count: an answer without an epoch is as old as any. */
    private void count(MasterNamed named) {
        if (named.epoch() > newest) {
            newest = named.epoch();
            votes.clear();
        }
        if (named.epoch() == newest) {
            votes.merge(named.address(), 1, Integer::sum);
        }
    }

    private void decide() {
        InetSocketAddress master;
        Throwable problem;
        mutex.lock();
        try {
            problem = failure;
            master = votes.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(null);
        } finally {
            mutex.unlock();
        }
        if (master != null) {
            found.complete(master);
        } else {
            found.completeExceptionally(problem == null ? new IllegalStateException("no sentinel knows") : problem);
        }
    }
}
