// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a {@link Txn}.
 *
 * @param header what stands above it
 * @param succeeded whether all conditions held
 * @param ranges the answers to the questions in the branch that was taken, in their order
 * @param deleted how many keys were deleted
 */
public record TxnReply(Header header, boolean succeeded, List<RangeReply> ranges, long deleted) {
    /**
     * Reads an answer.
     *
     * @param bytes the message
     * @return the answer
     */
    public static TxnReply read(byte[] bytes) {
        ProtoReader reader = new ProtoReader(bytes);
        Header header = Header.NONE;
        boolean succeeded = false;
        List<RangeReply> ranges = new ArrayList<>();
        long deleted = 0;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> header = Header.read(reader.message());
                case 2 -> succeeded = reader.flag();
                case 3 -> deleted += operation(reader.message(), ranges);
                default -> {
                    // Nothing else is known.
                }
            }
        }
        return new TxnReply(header, succeeded, ranges, deleted);
    }

    private static long operation(ProtoReader reader, List<RangeReply> ranges) {
        long deleted = 0;
        while (reader.next()) {
            if (reader.field() == 1) {
                ranges.add(RangeReply.read(reader.message()));
            } else if (reader.field() == 3) {
                ProtoReader delete = reader.message();
                while (delete.next()) {
                    deleted += delete.field() == 2 ? delete.number() : 0;
                }
            }
        }
        return deleted;
    }
}
