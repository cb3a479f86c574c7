// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * What comes on the stream of a watch.
 *
 * @param header what stands above it
 * @param created whether the watch begins
 * @param canceled whether it has ended
 * @param deletions the keys that were deleted
 */
public record Watching(Header header, boolean created, boolean canceled, List<Deletion> deletions) {
    private static final byte[] NO_PUT = {0};

    /**
     * A key is gone.
     *
     * @param key the key
     * @param revision the one at which it was deleted
     */
    public record Deletion(String key, long revision) {}

    /**
     * Asks to be told when a key is deleted, from the revision on that follows the one in the header of the message that it has begun.
     *
     * @param key the key
     * @return the request
     */
    public static byte[] forDeletion(String key) {
        return request(Range.of(key));
    }

    /**
     * The same for all keys that start with a prefix.
     *
     * @param prefix not empty
     * @return the request
     */
    public static byte[] forDeletionsBelow(String prefix) {
        return request(Range.below(prefix));
    }

    private static byte[] request(Range keys) {
        return new ProtoWriter().message(1, keys.message().bytes(5, NO_PUT)).toByteArray();
    }

    /**
     * Reads what came.
     *
     * @param bytes the message
     * @return what it says
     */
    public static Watching read(byte[] bytes) {
        ProtoReader reader = new ProtoReader(bytes);
        Header header = Header.NONE;
        boolean created = false;
        boolean canceled = false;
        List<Deletion> deletions = new ArrayList<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> header = Header.read(reader.message());
                case 3 -> created = reader.flag();
                case 4 -> canceled = reader.flag();
                case 11 -> deletion(reader.message(), deletions);
                default -> {
                    // Its number, and why it ended.
                }
            }
        }
        return new Watching(header, created, canceled, List.copyOf(deletions));
    }

    private static void deletion(ProtoReader event, List<Deletion> deletions) {
        boolean deleted = false;
        KeyRecord key = null;
        while (event.next()) {
            if (event.field() == 1) {
                deleted = event.number() == 1;
            } else if (event.field() == 2) {
                key = KeyRecord.read(event.message());
            }
        }
        if (deleted && key != null) {
            deletions.add(new Deletion(key.key(), key.modified()));
        }
    }
}
