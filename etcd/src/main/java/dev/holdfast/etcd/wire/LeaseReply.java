// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer to any of {@link Leases}.
 *
 * @param header what stands above it
 * @param lease the lease
 * @param seconds how long it lives from now on; not positive if there is no such lease
 * @param keys the keys that are bound to it, if they were asked for
 */
public record LeaseReply(Header header, long lease, long seconds, List<String> keys) {
    /**
     * Reads an answer.
     *
     * @param bytes the message
     * @return the answer
     */
    public static LeaseReply read(byte[] bytes) {
        ProtoReader reader = new ProtoReader(bytes);
        Header header = Header.NONE;
        long lease = 0;
        long seconds = 0;
        List<String> keys = new ArrayList<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> header = Header.read(reader.message());
                case 2 -> lease = reader.number();
                case 3 -> seconds = reader.number();
                case 5 -> keys.add(reader.latin1());
                default -> {
                    // What was granted at first.
                }
            }
        }
        return new LeaseReply(header, lease, seconds, keys);
    }
}
