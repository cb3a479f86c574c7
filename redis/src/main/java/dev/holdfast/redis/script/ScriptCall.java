// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.script;

import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Request;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.redis.link.Words;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call of a script. A server that does not know the script, because it was restarted or somebody flushed it, is sent its text, at the
 * price of one more round trip.
 */
public abstract class ScriptCall extends Request {
    private final Script script;
    private volatile NodeLink link;
    private final int keys;
    private final Words arguments;
    private final boolean whole;
    private @Nullable Wire answerer;

    /**
     * A call that is not sent yet.
     *
     * @param script what is called
     * @param link where
     * @param keys how many of the arguments are keys
     * @param arguments keys first
     */
    protected ScriptCall(Script script, NodeLink link, int keys, Words arguments) {
        this(script, link, keys, arguments, false);
    }

    private ScriptCall(Script script, NodeLink link, int keys, Words arguments, boolean whole) {
        this.script = script;
        this.link = link;
        this.keys = keys;
        this.arguments = arguments;
        this.whole = whole;
    }

    /** Sends it. */
    public final void send() {
        link.send(this);
    }

    /**
     * Sends it once more, after a node refused to run it.
     *
     * @param other to which node
     */
    public final void sendAgain(NodeLink other) {
        link = other;
        new Again(this, false).send();
    }

    /**
     * Where it is sent.
     *
     * @return the link
     */
    protected final NodeLink link() {
        return link;
    }

    /**
     * The connection that the answer came on: what is to be asked about what the script wrote has to be asked there.
     *
     * @return the wire, which may have ended since
     */
    protected final Wire answerer() {
        return Objects.requireNonNull(answerer, "not answered");
    }

    @Override
    protected final void write(ByteBuf out) {
        writeCount(out, 3 + arguments.count());
        writeWords(out, head(script, whole, keys));
        writeWords(out, arguments);
    }

    private static Words head(Script script, boolean whole, int keys) {
        return whole
                ? new Words(script.text().length() + 64)
                        .add("EVAL")
                        .add(script.text().getBytes(StandardCharsets.UTF_8))
                        .add(keys)
                : new Words(96).add("EVALSHA").add(script.digest()).add(keys);
    }

    @Override
    protected final void refused(String error) {
        if (!whole && error.startsWith("NOSCRIPT")) {
            new Again(this, true).send();
        } else {
            failed(error);
        }
    }

    /**
     * The script failed, or was not run.
     *
     * @param error the server's text, which starts with a code
     */
    protected abstract void failed(String error);

    /**
     * The answer to a request of this call.
     *
     * @param answer the reply
     * @param sentNanos when that request was sent, a value of {@link System#nanoTime()}
     */
    protected abstract void answered(Reply answer, long sentNanos);

    @Override
    protected final void answered(Reply answer) {
        answerer = wire();
        answered(answer, sentNanos());
    }

    /** The same call, to another node or with the script's text. */
    private static final class Again extends ScriptCall {
        private final ScriptCall call;

        Again(ScriptCall call, boolean whole) {
            super(call.script, call.link, call.keys, call.arguments, whole);
            this.call = call;
        }

        @Override
        protected void answered(Reply answer, long sentNanos) {
            call.answerer = answerer();
            call.answered(answer, sentNanos);
        }

        @Override
        protected void failed(String error) {
            call.failed(error);
        }

        @Override
        protected void lost(Throwable cause, boolean mayHaveApplied) {
            call.lost(cause, mayHaveApplied);
        }
    }
}
