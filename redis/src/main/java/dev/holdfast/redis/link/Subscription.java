// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/**
 * A subscription is confirmed by a push and not by an answer. A {@code PING} behind it brings the answer that the driver expects. If
 * the subscription is refused, there is one answer too many, so that the connection cannot be used any more.
 */
final class Subscription extends Request {
    private final Words words;
    private final CompletableFuture<Void> future = new CompletableFuture<>();

    Subscription(String command, String channel) {
        words = Words.of(command, channel);
    }

    CompletableFuture<Void> future() {
        return future;
    }

    @Override
    protected void write(ByteBuf out) {
        writeCount(out, words.count());
        writeWords(out, words);
        writeCount(out, 1);
        writeWords(out, Words.of("PING"));
    }

    @Override
    @SuppressWarnings("NullAway") // The one value of Void.
    protected void answered(Reply answer) {
        future.complete(null);
    }

    @Override
    protected void refused(String error) {
        future.completeExceptionally(new RefusedException(error));
    }

    @Override
    protected void lost(Throwable cause, boolean mayHaveApplied) {
        future.completeExceptionally(cause);
    }
}
