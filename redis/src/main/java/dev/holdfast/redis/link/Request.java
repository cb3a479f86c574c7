// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way, and what becomes of it: exactly one of {@link #answered}, {@link #refused} and {@link #lost}, on the driver's
 * thread, which must not be blocked. Written by hand instead of with the driver's own commands, because those bring a future, a codec
 * and a timer each.
 */
public abstract class Request implements RedisCommand<byte[], byte[], Void> {
    private static final VarHandle DONE = handle("done");
    private static final VarHandle LEFT = handle("left");
    private static final System.Logger LOG = System.getLogger("dev.holdfast.redis");

    private static final Keyword KEYWORD = new Keyword();

    private final Reply reply = new Reply();
    private @Nullable Wire wire;
    private long sentNanos;
    private volatile boolean written;

    @SuppressWarnings("UnusedVariable")
    private volatile boolean left;

    @SuppressWarnings("UnusedVariable")
    private volatile boolean done;

    /** For subclasses. */
    protected Request() {}

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(Request.class, field, boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The server did it.
     *
     * @param answer what it says
     */
    protected abstract void answered(Reply answer);

    /**
     * The server answered with an error.
     *
     * @param error its text, which starts with a code
     */
    protected abstract void refused(String error);

    /**
     * No answer will come, because the connection is broken.
     *
     * @param cause why
     * @param mayHaveApplied whether the server may have got the command
     */
    protected abstract void lost(Throwable cause, boolean mayHaveApplied);

    /**
     * Writes the words to the wire.
     *
     * @param out where to
     */
    protected abstract void write(ByteBuf out);

    /**
     * When it was sent.
     *
     * @return a value of {@link System#nanoTime()} from before the first byte was written
     */
    public final long sentNanos() {
        return sentNanos;
    }

    /**
     * The connection on which it was sent.
     *
     * @return the wire, or null before it is sent
     */
    protected final @Nullable Wire wire() {
        return wire;
    }

    final void sends(Wire over, long nanos) {
        wire = over;
        sentNanos = nanos;
    }

    @Override
    public final void encode(ByteBuf out) {
        written = true;
        Wire over = wire;
        if (over != null) {
            over.writes();
            leaves(over);
        }
        write(out);
    }

    /** It is written, or never will be. */
    private void leaves(Wire over) {
        if (LEFT.compareAndSet(this, false, true)) {
            over.left();
        }
    }

    /**
     * Writes how many words follow.
     *
     * @param out where to
     * @param words the number of words
     */
    protected static void writeCount(ByteBuf out, int words) {
        out.writeByte('*');
        out.writeCharSequence(Integer.toString(words), StandardCharsets.US_ASCII);
        out.writeByte('\r');
        out.writeByte('\n');
    }

    /**
     * Writes words.
     *
     * @param out where to
     * @param words the words
     */
    protected static void writeWords(ByteBuf out, Words words) {
        out.writeBytes(words.bytes(), 0, words.size());
    }

    private boolean ends() {
        if (!DONE.compareAndSet(this, false, true)) {
            return false;
        }
        Wire over = wire;
        if (over != null) {
            over.ended();
        }
        return true;
    }

    /** An error of ours must not break the driver's decoding of what follows. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "The answer to a request could not be taken", e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The driver goes on with what it has read after the connection was given up. Those answers are not believed: they may be
     * answers to other requests.
     */
    @Override
    public final void complete() {
        Throwable broken = wire == null ? null : wire.cause();
        if (broken != null) {
            completeExceptionally(broken);
        } else if (ends()) {
            String error = reply.hasError() ? reply.getError() : null;
            guarded(() -> {
                if (error == null) {
                    answered(reply);
                } else {
                    refused(error);
                }
            });
        }
    }

    @Override
    public final boolean completeExceptionally(Throwable cause) {
        if (!ends()) {
            return false;
        }
        Wire over = wire;
        if (over != null) {
            leaves(over);
            over.lost(cause, written);
        }
        guarded(() -> lost(cause, written));
        return true;
    }

    @Override
    public final void cancel() {
        completeExceptionally(new IllegalStateException("the command was cancelled"));
    }

    @Override
    public final boolean isDone() {
        return done;
    }

    @Override
    public final boolean isCancelled() {
        return false;
    }

    @Override
    public final CommandOutput<byte[], byte[], Void> getOutput() {
        return reply;
    }

    @Override
    @SuppressWarnings("NullAway") // The driver looks into the arguments of commands of its own only.
    public final CommandArgs<byte[], byte[]> getArgs() {
        return null;
    }

    @Override
    public final ProtocolKeyword getType() {
        return KEYWORD;
    }

    @Override
    public final void setOutput(CommandOutput<byte[], byte[], Void> output) {
        throw new UnsupportedOperationException("a request keeps its reply");
    }

    /** What the driver takes every command of ours for: one that means nothing special to it. */
    private static final class Keyword implements ProtocolKeyword {
        private static final String WORD = "EVALSHA";

        @Override
        public byte[] getBytes() {
            return WORD.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return WORD;
        }
    }
}
