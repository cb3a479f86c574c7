// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The first connection of a client. */
final class Opening {
    /** After so long without a session it is looked whether there ever will be one. */
    private static final long PATIENCE = 1_000_000_000L;

    private final Client client;
    private final long endsAt;

    private Opening(Client client, Duration timeout) {
        this.client = client;
        endsAt = System.nanoTime() + timeout.toNanos();
    }

    /** Waits until a client has a session; closes it if it gets none. */
    static void await(Client client, Duration timeout) {
        boolean opened = false;
        try {
            new Opening(client, timeout).await();
            opened = true;
        } finally {
            if (!opened) {
                client.close(System.nanoTime());
            }
        }
    }

    private void await() {
        ServerSession session = client.session();
        if (!await(session.begun(), Math.min(PATIENCE, endsAt - System.nanoTime()))) {
            Diagnosis first = Diagnosis.of(client);
            if (first.isHopeless() || !await(session.begun(), endsAt - System.nanoTime())) {
                throw Diagnosis.of(client).asException();
            }
        }
    }

    /** False if there is no session after this time. */
    private boolean await(CompletableFuture<Void> begun, long nanos) {
        try {
            begun.get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BackendException known
                    ? known
                    : Faults.transientFault(null, "No session at ZooKeeper " + client.options(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Faults.transientFault(null, "Interrupted while connecting to ZooKeeper at " + client.options(), e);
        }
    }
}
