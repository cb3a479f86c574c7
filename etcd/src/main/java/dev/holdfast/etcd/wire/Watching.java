// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

/**
 * What comes on the stream of a watch.
 *
 * @param header what stands above it
 * @param created whether the watch begins
 * @param canceled whether it has ended
 * @param deletedAt the revision at which the key was deleted, or 0
 */
public record Watching(Header header, boolean created, boolean canceled, long deletedAt) {
    private static final byte[] NO_PUT = {0};

    /**
     * Asks to be told when a key is deleted, from the revision on that follows the one in the header of the message that it has begun.
     *
     * @param key the key
     * @return the request
     */
    public static byte[] forDeletion(String key) {
        ProtoWriter create = new ProtoWriter().bytes(1, Range.latin1(key)).bytes(5, NO_PUT);
        return new ProtoWriter().message(1, create).toByteArray();
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
        long deletedAt = 0;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> header = Header.read(reader.message());
                case 3 -> created = reader.flag();
                case 4 -> canceled = reader.flag();
                case 11 -> deletedAt = Math.max(deletedAt, deletion(reader.message()));
                default -> {
                    // Its number, and why it ended.
                }
            }
        }
        return new Watching(header, created, canceled, deletedAt);
    }

    private static long deletion(ProtoReader event) {
        boolean deleted = false;
        long revision = 0;
        while (event.next()) {
            if (event.field() == 1) {
                deleted = event.number() == 1;
            } else if (event.field() == 2) {
                revision = KeyRecord.read(event.message()).modified();
            }
        }
        return deleted ? revision : 0;
    }
}
