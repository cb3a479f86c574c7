// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.LockInfo;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.RangeReply;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import dev.holdfast.spi.KeySpace;
import dev.holdfast.spi.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lists locks. The names that begin as asked for stand in one range of keys, unless they are hashed: then the key begins with what the
 * beginning of the name is written as, which is a second range. Only keys are read at first, because anything else may stand between them.
 */
final class Listing {
    private static final int PAGE = 1_000;
    private static final long PATIENCE = 5_000_000_000L;

    /** What separates the number of a range from the key where the next page begins. */
    private static final char BAR = '|';

    private final Client client;
    private final KeySpace keys = Names.keySpace();

    Listing(Client client) {
        this.client = client;
    }

    CompletionStage<Page> list(String start, @Nullable String cursor) {
        int part = cursor == null ? 0 : cursor.charAt(0) - '0';
        List<String> starts = starts(start);
        String prefix = starts.get(part);
        String from = cursor == null || cursor.length() == 2 ? prefix : cursor.substring(cursor.indexOf(BAR) + 1);
        String end = prefix.isEmpty() ? "\0" : Range.endOf(prefix);
        Range range =
                Range.between(from.isEmpty() ? "\0" : from, end).limit(PAGE).keysOnly();
        return client.cluster()
                .call(Method.RANGE, range.request(), giveUp())
                .thenCompose(bytes -> page(start, part, starts.size(), RangeReply.read(bytes)))
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(client.faults().of(null, "list locks", failure)));
    }

    /** What keys begin with whose names begin with a text. */
    private List<String> starts(String start) {
        String hashed = keys.keyOf(start + "~");
        String readable = start.chars().allMatch(character -> character >= ' ' && character < '~') ? start : null;
        String written = hashed.substring(0, Math.min(hashed.indexOf('~'), start.length()));
        // A letter outside the basic plane is two characters of the name and one of the key.
        String certain = written.substring(
                0, (int) Math.min(written.length(), start.codePoints().count()));
        if (readable == null || readable.startsWith(certain)) {
            return List.of(certain);
        }
        return List.of(readable, certain);
    }

    private CompletableFuture<Page> page(String start, int part, int parts, RangeReply found) {
        Map<String, KeyRecord> holders = new LinkedHashMap<>();
        for (KeyRecord key : found.keys()) {
            if (Names.isPlace(key)) {
                holders.merge(Names.lockOf(key), key, (one, other) -> one.created() <= other.created() ? one : other);
            }
        }
        String next = next(part, parts, found, holders);
        List<CompletableFuture<List<LockInfo>>> read = new ArrayList<>();
        List<KeyRecord> all = List.copyOf(holders.values());
        for (int from = 0; from < all.size(); from += Txn.LARGEST) {
            read.add(read(start, all.subList(from, Math.min(all.size(), from + Txn.LARGEST))));
        }
        return CompletableFuture.allOf(read.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<LockInfo> locks = new ArrayList<>();
                    read.forEach(some -> locks.addAll(some.join()));
                    return new Page(locks, next);
                });
    }

    /** Where the next page begins. The last lock of a full page may have more keys, of which one may be older: it is read again. */
    private static @Nullable String next(int part, int parts, RangeReply found, Map<String, KeyRecord> holders) {
        if (!found.more()) {
            return part + 1 < parts ? "" + (part + 1) + BAR : null;
        }
        KeyRecord last = found.keys().get(found.keys().size() - 1);
        String lock = Names.isPlace(last) ? Names.lockOf(last) : null;
        if (lock != null && !found.keys().get(0).key().startsWith(Names.prefix(lock))) {
            holders.remove(lock);
            return "" + part + BAR + Names.prefix(lock);
        }
        return "" + part + BAR + last.key() + "\0";
    }

    /** The values of the oldest keys; what is gone meanwhile is left out. */
    private CompletableFuture<List<LockInfo>> read(String start, List<KeyRecord> holders) {
        Txn txn = new Txn();
        holders.forEach(holder -> txn.range(Range.of(holder.key())));
        return client.cluster().call(Method.TXN, txn.request(), giveUp()).thenApply(bytes -> {
            List<LockInfo> locks = new ArrayList<>();
            for (RangeReply reply : TxnReply.read(bytes).ranges()) {
                for (KeyRecord holder : reply.keys()) {
                    LockInfo info = Records.holder(Names.lockOf(holder), holder).build();
                    if (info.name().startsWith(start)) {
                        locks.add(info);
                    }
                }
            }
            return locks;
        });
    }

    private static long giveUp() {
        return System.nanoTime() + PATIENCE;
    }
}
