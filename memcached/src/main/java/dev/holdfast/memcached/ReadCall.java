// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Exchange;
import dev.holdfast.memcached.link.Link;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks at an item. */
final class ReadCall extends Exchange {
    private final String key;
    private final Found then;
    private final Consumer<Throwable> otherwise;

    /** What is done with it. */
    @FunctionalInterface
    interface Found {
        /** The item, or null if there is none, and the connection on which its version was learnt. */
        void found(Link link, @Nullable Item item, long lookedNanos);
    }

    ReadCall(String key, long giveUpNanos, Found then, Consumer<Throwable> otherwise) {
        super(giveUpNanos);
        this.key = key;
        this.then = then;
        this.otherwise = otherwise;
    }

    @Override
    protected byte[] request(Link link, long opaque) {
        return link.dialect().read(key, opaque);
    }

    @Override
    protected int replies(Dialect dialect) {
        return 1;
    }

    @Override
    protected void answered(Link link, List<Reply> answers) throws RefusedException {
        then.found(link, link.dialect().item(answers.get(0)), sentNanos());
    }

    @Override
    protected void refused(Link link, RefusedException refusal) {
        otherwise.accept(refusal);
    }

    @Override
    protected void failed(IOException cause, boolean mayHaveApplied) {
        otherwise.accept(cause);
    }
}
