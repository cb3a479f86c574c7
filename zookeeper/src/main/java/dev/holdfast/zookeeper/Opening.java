// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The first connection of a client. */
final class Opening {
    private Opening() {}

    /** Waits until a client has a session; closes it if it gets none. */
    static void await(Client client, Duration timeout) {
        boolean opened = false;
        try {
            ServerSession session = client.session();
            session.begun().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            opened = true;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BackendException known
                    ? known
                    : Faults.transientFault(null, "No session at ZooKeeper " + client.options(), e.getCause());
        } catch (TimeoutException e) {
            throw Faults.transientFault(
                    null,
                    "ZooKeeper at " + client.options() + " gave no session within " + timeout.toMillis() + " ms",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Faults.transientFault(null, "Interrupted while connecting to ZooKeeper at " + client.options(), e);
        } finally {
            if (!opened) {
                client.close(System.nanoTime());
            }
        }
    }
}
