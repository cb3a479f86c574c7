// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a {@link Range}.
 *
 * @param header what stands above it; {@link Header#NONE} within a transaction
 * @param keys the keys in the order that was asked for
 * @param more whether there are more than the limit
 */
public record RangeReply(Header header, List<KeyRecord> keys, boolean more) {
    /**
     * Reads an answer.
     *
     * @param bytes the message
     * @return the answer
     */
    public static RangeReply read(byte[] bytes) {
        return read(new ProtoReader(bytes));
    }

    static RangeReply read(ProtoReader reader) {
        Header header = Header.NONE;
        List<KeyRecord> keys = new ArrayList<>();
        boolean more = false;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> header = Header.read(reader.message());
                case 2 -> keys.add(KeyRecord.read(reader.message()));
                case 3 -> more = reader.flag();
                default -> {
                    // How many there are.
                }
            }
        }
        return new RangeReply(header, keys, more);
    }
}
