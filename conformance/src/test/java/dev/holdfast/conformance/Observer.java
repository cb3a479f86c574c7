// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.LockInfo;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import dev.holdfast.testkit.PlainEvents;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Looks into a store through a backend of its own, which takes no lock. */
final class Observer implements AutoCloseable {
    private final LockBackend backend;

    Observer(LockBackend backend) {
        this.backend = backend;
        backend.open(new PlainEvents(), Duration.ofSeconds(10));
    }

    /** Every holder and every waiter. */
    Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        String cursor = null;
        do {
            Page page = backend.list("", cursor).toCompletableFuture().join();
            page.locks().forEach(lock -> describe(lock, residue));
            cursor = page.cursor();
        } while (cursor != null);
        return residue;
    }

    private static void describe(LockInfo lock, Set<String> residue) {
        residue.add(lock.name() + " is held by " + lock.ownerLabel() + " with " + lock.token());
        for (int i = 1; i <= lock.waiters().orElse(0); i++) {
            residue.add(lock.name() + " is waited for by " + i);
        }
    }

    @Override
    public void close() {
        backend.close();
    }
}
