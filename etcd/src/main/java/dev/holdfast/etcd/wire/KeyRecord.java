// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

/**
 * A key, and what is known about it.
 *
 * @param key its bytes, each as a character
 * @param created the revision that created it
 * @param modified the revision that changed it last
 * @param lease the lease to which it is bound, or 0
 * @param value its value; empty if only keys were asked for
 */
public record KeyRecord(String key, long created, long modified, long lease, String value) {
    static KeyRecord read(ProtoReader reader) {
        String key = "";
        long created = 0;
        long modified = 0;
        long lease = 0;
        String value = "";
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> key = reader.latin1();
                case 2 -> created = reader.number();
                case 3 -> modified = reader.number();
                case 5 -> value = reader.utf8();
                case 6 -> lease = reader.number();
                default -> {
                    // How often it was changed.
                }
            }
        }
        return new KeyRecord(key, created, modified, lease, value);
    }
}
