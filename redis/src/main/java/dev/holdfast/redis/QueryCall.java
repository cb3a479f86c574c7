// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call that an operator makes about one lock. */
final class QueryCall<T extends @Nullable Object> extends LockCall {
    private final String what;
    private final String lock;
    private final Function<Reply, T> reading;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    QueryCall(
            Client client,
            Nodes nodes,
            Script script,
            NodeLink link,
            int keys,
            Words words,
            String what,
            String lock,
            Function<Reply, T> reading) {
        super(client, nodes, script, link, keys, words);
        this.what = what;
        this.lock = lock;
        this.reading = reading;
    }

    CompletableFuture<T> ask() {
        send();
        return future;
    }

    @Override
    protected void answered(Reply answer, long sentNanos) {
        try {
            future.complete(reading.apply(answer));
        } catch (BackendException e) {
            future.completeExceptionally(e);
        } catch (RuntimeException e) {
            future.completeExceptionally(BackendException.fatal(
                    "redis",
                    lock,
                    "Could not " + what + " the lock '" + lock + "': what Redis at " + link()
                            + " has under its key is damaged (" + e.getMessage()
                            + "). A forced release at once removes it",
                    e));
        }
    }

    @Override
    void unserved(String error) {
        future.completeExceptionally(Faults.refused(link(), lock, what, error));
    }

    @Override
    protected void lost(Throwable cause, boolean mayHaveApplied) {
        future.completeExceptionally(Faults.lost(link(), lock, what, cause));
    }
}
