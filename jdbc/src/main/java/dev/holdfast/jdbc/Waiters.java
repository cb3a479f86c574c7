// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.BackendException;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The locks that this client waits for, and has been told are taken. They use no connection. */
final class Waiters {
    private static final class Waiter {
        final Claim claim;

        /** It has been told to ask again, and has not had its answer yet. */
        volatile boolean woken;

        Waiter(Claim claim) {
            this.claim = claim;
        }
    }

    private final BackendEvents events;
    private final Consumer<Waiters> arrival;
    private final Map<String, Waiter> waiters = new ConcurrentHashMap<>();
    private final AtomicInteger arrivals = new AtomicInteger();

    /** Calls {@code arrival} for each that begins to wait, and for each that was told once more that its lock is taken. */
    Waiters(BackendEvents events, Consumer<Waiters> arrival) {
        this.events = events;
        this.arrival = arrival;
    }

    void add(Claim claim) {
        Waiter before = waiters.put(claim.key(), new Waiter(claim));
        if (before == null || before.claim != claim) {
            arrivals.incrementAndGet();
        }
        arrival.accept(this);
    }

    /** How many have begun to wait so far. */
    int arrivals() {
        return arrivals.get();
    }

    void remove(Claim claim) {
        waiters.computeIfPresent(claim.key(), (key, waiter) -> waiter.claim == claim ? null : waiter);
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    boolean waitsFor(String key) {
        return waiters.containsKey(key);
    }

    /** The keys of those who have not been told yet that their lock may be free. */
    List<String> asleep() {
        List<String> keys = new ArrayList<>();
        waiters.forEach((key, waiter) -> {
            if (!waiter.woken) {
                keys.add(key);
            }
        });
        return keys;
    }

    /** The lock may be free. */
    void wake(String key) {
        Waiter waiter = waiters.get(key);
        if (waiter != null) {
            waiter.woken = true;
            events.wake(key);
        }
    }

    /** Something may have been missed. */
    void wakeAll() {
        waiters.keySet().forEach(this::wake);
    }

    /** The server cannot be asked: whoever waits is told, and asks again by himself. */
    void fail(BackendException cause) {
        for (Waiter waiter : List.copyOf(waiters.values())) {
            remove(waiter.claim);
            waiter.claim.failed(cause, false);
        }
    }
}
