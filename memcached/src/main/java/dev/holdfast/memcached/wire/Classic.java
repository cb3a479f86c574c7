// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import dev.holdfast.memcached.wire.Changed.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The commands from before the meta commands. They do not tell how long an item stays, and repeat no number. */
public final class Classic implements Dialect {
    private static final int REPLIES_TO_TAKE = 4;

    /** The dialect, which has no state. */
    public Classic() {}

    @Override
    public byte[] take(String key, String counter, byte[] value, long seconds, long seed, long opaque) {
        byte[] start = Long.toString(seed).getBytes(StandardCharsets.ISO_8859_1);
        return new Command()
                .line("add " + key + " 0 " + seconds + " " + value.length)
                .data(value)
                .line("gets " + key)
                .line("add " + counter + " 0 " + Meta.COUNTER_SECONDS + " " + start.length)
                .data(start)
                .line("incr " + counter + " 1")
                .toBytes();
    }

    @Override
    public int repliesToTake() {
        return REPLIES_TO_TAKE;
    }

    @Override
    public Taken taken(List<Reply> replies) throws RefusedException {
        boolean stored = isStored(replies.get(0));
        Item item = item(replies.get(1));
        isStored(replies.get(2));
        Reply count = replies.get(3);
        return new Taken(stored, item, count.number(count.status()));
    }

    private static boolean isStored(Reply reply) throws RefusedException {
        return switch (reply.status()) {
            case "STORED" -> true;
            case "NOT_STORED" -> false;
            default -> throw new RefusedException(reply);
        };
    }

    @Override
    public byte[] read(String key, long opaque) {
        return new Command().line("gets " + key).toBytes();
    }

    @Override
    public @Nullable Item item(Reply reply) throws RefusedException {
        if (reply.status().equals("END")) {
            return null;
        }
        if (!reply.status().equals("VALUE") || reply.words().size() < 5) {
            throw new RefusedException(reply);
        }
        long cas = reply.number(reply.words().get(4));
        return new Item(Objects.requireNonNull(reply.data()), cas, Item.UNKNOWN);
    }

    /** The new version is not told, so it is looked up. */
    @Override
    public byte[] replace(String key, byte[] value, long seconds, long cas, long opaque) {
        return new Command()
                .line("cas " + key + " 0 " + seconds + " " + value.length + " " + Long.toUnsignedString(cas))
                .data(value)
                .line("gets " + key)
                .toBytes();
    }

    @Override
    public int repliesToReplace() {
        return 2;
    }

    @Override
    public Changed replaced(List<Reply> replies, byte[] value) throws RefusedException {
        Changed changed = changed(replies.get(0));
        Item item = item(replies.get(1));
        boolean ours = item != null && item.value().equals(new String(value, StandardCharsets.ISO_8859_1));
        return changed.outcome() == Outcome.DONE && item != null && ours
                ? new Changed(Outcome.DONE, item.cas())
                : changed;
    }

    /** Nothing deletes one version; what is replaced by something that has expired is gone. */
    @Override
    public byte[] remove(String key, long cas, long opaque) {
        return new Command()
                .line("cas " + key + " 0 -1 0 " + Long.toUnsignedString(cas))
                .data(new byte[0])
                .toBytes();
    }

    @Override
    public Changed removed(Reply reply) throws RefusedException {
        return changed(reply);
    }

    private static Changed changed(Reply reply) throws RefusedException {
        return switch (reply.status()) {
            case "STORED" -> Changed.of(Outcome.DONE);
            case "EXISTS" -> Changed.of(Outcome.OTHER);
            case "NOT_FOUND" -> Changed.of(Outcome.MISSING);
            default -> throw new RefusedException(reply);
        };
    }
}
