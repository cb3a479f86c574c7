// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** A command whose answer is waited for: for what happens seldom. */
public final class PlainRequest extends Request {
    private final Words words;
    private final CompletableFuture<Reply> future = new CompletableFuture<>();

    /**
     * A command.
     *
     * @param words its name and arguments
     */
    public PlainRequest(String... words) {
        this.words = Words.of(words);
    }

    /**
     * Its answer.
     *
     * @return the reply; fails with a {@link RefusedException} if that is an error, otherwise with what broke the connection
     */
    public CompletableFuture<Reply> future() {
        return future;
    }

    @Override
    protected void write(ByteBuf out) {
        writeCount(out, words.count());
        writeWords(out, words);
    }

    @Override
    protected void answered(Reply answer) {
        future.complete(answer);
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
