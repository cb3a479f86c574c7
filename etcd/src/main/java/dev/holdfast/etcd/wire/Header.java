// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

/**
 * What stands above every answer.
 *
 * @param revision of the store when it answered, or of the change that was made
 * @param term that of the last change which the member that answered has applied: it rises with every new leader
 */
public record Header(long revision, long term) {
    static final Header NONE = new Header(0, 0);

    static Header read(ProtoReader reader) {
        long revision = 0;
        long term = 0;
        while (reader.next()) {
            switch (reader.field()) {
                case 3 -> revision = reader.number();
                case 4 -> term = reader.number();
                default -> {
                    // The ids of cluster and member.
                }
            }
        }
        return new Header(revision, term);
    }
}
