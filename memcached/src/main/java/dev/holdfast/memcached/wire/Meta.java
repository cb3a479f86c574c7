// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import dev.holdfast.memcached.wire.Changed.Outcome;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The meta commands, as servers have them from 1.6.13 on: until then a deletion that named a version never found it. */
public final class Meta implements Dialect {
    /** The counter of a name that nobody used for a while starts again at the clock, which is ahead of it by then. */
    static final long COUNTER_SECONDS = 604_800;

    private static final int REPLIES = 3;

    /** The dialect, which has no state. */
    public Meta() {}

    @Override
    public byte[] take(String key, String counter, byte[] value, long seconds, long seed, long opaque) {
        return new Command()
                .line("ms " + key + " " + value.length + " T" + seconds + " ME O" + opaque)
                .data(value)
                .line(reading(key, opaque))
                .line("ma " + counter + " N" + COUNTER_SECONDS + " J" + seed + " v O" + opaque)
                .toBytes();
    }

    private static String reading(String key, long opaque) {
        return "mg " + key + " v c t O" + opaque;
    }

    @Override
    public int repliesToTake() {
        return REPLIES;
    }

    @Override
    public Taken taken(List<Reply> replies) throws RefusedException {
        Reply set = replies.get(0);
        boolean stored = set.status().equals("HD");
        if (!stored && !set.status().equals("NS")) {
            throw new RefusedException(set);
        }
        Item item = item(replies.get(1));
        Reply count = replies.get(2);
        if (!count.status().equals("VA")) {
            throw new RefusedException(count);
        }
        return new Taken(
                stored, item, count.number(Objects.requireNonNull(count.data()).trim()));
    }

    @Override
    public byte[] read(String key, long opaque) {
        return new Command().line(reading(key, opaque)).toBytes();
    }

    @Override
    public @Nullable Item item(Reply reply) throws RefusedException {
        return switch (reply.status()) {
            case "VA" -> new Item(Objects.requireNonNull(reply.data()), reply.number('c', 0), reply.number('t', 0));
            case "EN" -> null;
            default -> throw new RefusedException(reply);
        };
    }

    @Override
    public byte[] replace(String key, byte[] value, long seconds, long cas, long opaque) {
        return new Command()
                .line("ms " + key + " " + value.length + " T" + seconds + " C" + Long.toUnsignedString(cas) + " c O"
                        + opaque)
                .data(value)
                .toBytes();
    }

    @Override
    public int repliesToReplace() {
        return 1;
    }

    @Override
    public Changed replaced(List<Reply> replies, byte[] value) throws RefusedException {
        return changed(replies.get(0));
    }

    @Override
    public byte[] remove(String key, long cas, long opaque) {
        return new Command()
                .line("md " + key + " C" + Long.toUnsignedString(cas) + " O" + opaque)
                .toBytes();
    }

    @Override
    public Changed removed(Reply reply) throws RefusedException {
        return changed(reply);
    }

    private static Changed changed(Reply reply) throws RefusedException {
        return switch (reply.status()) {
            case "HD" -> new Changed(Outcome.DONE, reply.number('c', 0));
            case "EX" -> Changed.of(Outcome.OTHER);
            case "NF", "NS" -> Changed.of(Outcome.MISSING);
            default -> throw new RefusedException(reply);
        };
    }
}
