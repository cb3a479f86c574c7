// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The hash slots of Redis Cluster: CRC16 (XMODEM) of a key, or of what stands between its first braces, modulo 16,384. */
final class HashSlot {
    static final int SLOTS = 16_384;

    private static final int POLYNOMIAL = 0x1021;
    private static final int[] TABLE = table();

    private HashSlot() {}

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ POLYNOMIAL;
            }
            table[i] = crc & 0xffff;
        }
        return table;
    }

    /** The slot of a key. */
    static int of(String key) {
        int open = key.indexOf('{');
        int close = open < 0 ? -1 : key.indexOf('}', open + 1);
        return crc(close > open + 1 ? key.substring(open + 1, close) : key) % SLOTS;
    }

    /** Whether only a part of the key decides about its slot. */
    static boolean hasTag(String key) {
        int open = key.indexOf('{');
        return open >= 0 && key.indexOf('}', open + 1) > open + 1;
    }

    private static int crc(String text) {
        int crc = 0;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            crc = (crc << 8 ^ TABLE[(crc >>> 8 ^ octet) & 0xff]) & 0xffff;
        }
        return crc;
    }

    /** The same short text for everybody whose slot this is. */
    static String tagOf(int slot) {
        return Tags.BY_SLOT.get(slot);
    }

    /** The first number of each slot, in base 36; found all at once when one is needed, in some ten milliseconds. */
    private static final class Tags {
        static final List<String> BY_SLOT = find();

        private static List<String> find() {
            String[] tags = new String[SLOTS];
            int left = SLOTS;
            for (int i = 0; left > 0; i++) {
                String candidate = Integer.toString(i, 36);
                int slot = crc(candidate) % SLOTS;
                if (tags[slot] == null) {
                    tags[slot] = candidate;
                    left--;
                }
            }
            return List.of(tags);
        }
    }
}
