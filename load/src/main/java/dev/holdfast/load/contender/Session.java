// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connected contender. Thread-safe. */
public interface Session extends AutoCloseable {
    /**
     * Takes a lock, however long that takes.
     *
     * @param name its name
     * @return the held lock
     * @throws Exception if the lock cannot be had
     */
    Held acquire(String name) throws Exception;

    /**
     * Takes a lock as soon as it is free, without keeping the caller. Unless overridden, a thread of its own waits for each.
     *
     * @param name its name
     * @return completes with the held lock
     */
    default CompletionStage<Held> acquireLater(String name) {
        CompletableFuture<Held> later = new CompletableFuture<>();
        Thread waiter = new Thread(
                () -> {
                    Held held;
                    try {
                        held = acquire(name);
                    } catch (Exception e) {
                        later.completeExceptionally(e);
                        return;
                    }
                    later.complete(held);
                },
                "waiter");
        waiter.setDaemon(true);
        waiter.start();
        return later;
    }

    /**
     * Disconnects.
     *
     * @throws IOException if that fails
     */
    @Override
    void close() throws IOException;
}
