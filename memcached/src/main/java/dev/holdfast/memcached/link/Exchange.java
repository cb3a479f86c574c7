// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request and its replies, on one connection. It is answered exactly once: by all of its replies, by what was wrong with them, or because the
 * connection is gone. Nothing of it may block.
 */
public abstract class Exchange {
    private final long giveUpNanos;
    private final List<Reply> replies = new ArrayList<>();
    private int expected;
    private int size;
    private long opaque;
    private long sentNanos;
    private volatile boolean complete;

    /**
     * An exchange that is not sent yet.
     *
     * @param giveUpNanos after this value of {@link System#nanoTime()} it is not sent any more
     */
    protected Exchange(long giveUpNanos) {
        this.giveUpNanos = giveUpNanos;
    }

    /**
     * Makes the request, right before it is sent.
     *
     * @param link the connection, for what depends on it
     * @param opaque a number that the server is to repeat
     * @return the commands
     */
    protected abstract byte[] request(Link link, long opaque);

    /**
     * How many replies the request has that was made.
     *
     * @param dialect the dialect in which it was made
     * @return the number
     */
    protected abstract int replies(Dialect dialect);

    /**
     * All replies are there.
     *
     * @param link the connection
     * @param answers the replies
     * @throws RefusedException if one of them is an error; {@link #refused} is called then
     */
    protected abstract void answered(Link link, List<Reply> answers) throws RefusedException;

    /**
     * The server said no.
     *
     * @param link the connection
     * @param refusal what it said
     */
    protected abstract void refused(Link link, RefusedException refusal);

    /**
     * There will be no answer.
     *
     * @param cause why
     * @param mayHaveApplied whether the request was sent
     */
    protected abstract void failed(IOException cause, boolean mayHaveApplied);

    /**
     * When the request was made.
     *
     * @return a value of {@link System#nanoTime()} from before it was sent
     */
    public final long sentNanos() {
        return sentNanos;
    }

    /**
     * When it is too late to send it.
     *
     * @return a value of {@link System#nanoTime()}
     */
    public final long giveUpNanos() {
        return giveUpNanos;
    }

    // For the link, under its mutex

    final byte[] prepare(Link link, long number) {
        opaque = number;
        sentNanos = System.nanoTime();
        byte[] bytes = request(link, number);
        expected = replies(link.dialect());
        size = bytes.length;
        return bytes;
    }

    final int size() {
        return size;
    }

    /** Adds a reply; whether it was the last one. */
    final boolean add(Reply reply) {
        replies.add(reply);
        complete = replies.size() == expected;
        return complete;
    }

    /** Whether its last reply has been read. */
    final boolean isComplete() {
        return complete;
    }

    // For the thread that reads

    /** Tells that all replies are there; whether the connection can still be used. */
    final boolean complete(Link link) {
        String number = Long.toString(opaque);
        for (Reply reply : replies) {
            String repeated = repeated(reply);
            if (repeated != null && !repeated.equals(number)) {
                failed(new IOException("a reply to something else came: " + reply), true);
                return false;
            }
        }
        try {
            answered(link, List.copyOf(replies));
            return true;
        } catch (RefusedException e) {
            refused(link, e);
            return !e.endsTheConnection();
        }
    }

    private static @Nullable String repeated(Reply reply) {
        return switch (reply.status()) {
            case "HD", "VA", "EN", "NS", "NF", "EX" -> reply.flag('O');
            default -> null;
        };
    }
}
