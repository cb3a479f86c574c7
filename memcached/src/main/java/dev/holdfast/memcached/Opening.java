// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.BackendException;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.link.Peer;
import java.io.EOFException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to all servers at the start. One that cannot keep locks is refused. Of several, one that cannot be reached costs only the names that are its own, for
 * as long as it is away; so there is a warning, and an error only if none can be reached.
 */
final class Opening {
    private static final System.Logger LOG = System.getLogger(Opening.class.getName());

    private Opening() {}

    static void greet(List<Node> nodes, Duration timeout) {
        long giveUpNanos = System.nanoTime() + timeout.toNanos();
        List<CompletableFuture<Peer>> answers =
                nodes.stream().map(Opening::greet).toList();
        List<BackendException> outages = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            BackendException failure = failure(nodes.get(i), answers.get(i), giveUpNanos);
            if (failure != null && !failure.isTransient()) {
                throw failure;
            }
            if (failure != null) {
                outages.add(failure);
            }
        }
        if (outages.size() == nodes.size()) {
            throw outages.get(0);
        }
        outages.forEach(outage -> LOG.log(Level.WARNING, outage.getMessage()));
    }

    /** A connection that broke while it was being made is made once more. */
    private static CompletableFuture<Peer> greet(Node node) {
        return node.greet().exceptionallyCompose(cause -> {
            boolean broke = (cause instanceof SocketException && !(cause instanceof ConnectException))
                    || cause instanceof EOFException;
            return broke ? node.greet() : CompletableFuture.failedFuture(cause);
        });
    }

    private static @Nullable BackendException failure(Node node, CompletableFuture<Peer> answer, long giveUpNanos) {
        Throwable cause;
        try {
            Peer unused = answer.get(Math.max(1, giveUpNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cause = e;
        } catch (TimeoutException e) {
            cause = new SocketTimeoutException("no answer");
        } catch (ExecutionException e) {
            cause = e.getCause() == null ? e : e.getCause();
        }
        return Faults.of(null, "connect", node.where(), cause);
    }
}
