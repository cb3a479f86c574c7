// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one message: {@link #next} goes to a field, and what is not asked for is skipped. Not thread-safe. A message that is not well
 * formed throws {@link MalformedException}.
 */
final class ProtoReader {
    private final byte[] buffer;
    private final int end;
    private int at;
    private int field;
    private long number;
    private int valueAt;
    private int valueEnd;

    ProtoReader(byte[] message) {
        this(message, 0, message.length);
    }

    private ProtoReader(byte[] buffer, int from, int end) {
        this.buffer = buffer;
        this.at = from;
        this.end = end;
    }

    /** Goes to the next field; false if there is none. */
    boolean next() {
        if (at >= end) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        switch ((int) tag & 7) {
            case 0 -> number = varint();
            case 1 -> skip(8);
            case 2 -> {
                long length = varint();
                if (length < 0 || length > end - at) {
                    throw new MalformedException("a field is longer than its message");
                }
                skip((int) length);
            }
            case 5 -> skip(4);
            default -> throw new MalformedException("unknown kind of field " + (tag & 7));
        }
        return true;
    }

    private void skip(int length) {
        if (length > end - at) {
            throw new MalformedException("the message ends within a field");
        }
        valueAt = at;
        valueEnd = at + length;
        at = valueEnd;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw new MalformedException("the message ends within a number");
            }
            byte octet = buffer[at++];
            value |= (long) (octet & 0x7f) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw new MalformedException("a number has more than 64 bits");
    }

    int field() {
        return field;
    }

    long number() {
        return number;
    }

    boolean flag() {
        return number != 0;
    }

    byte[] bytes() {
        return Arrays.copyOfRange(buffer, valueAt, valueEnd);
    }

    String latin1() {
        return new String(buffer, valueAt, valueEnd - valueAt, StandardCharsets.ISO_8859_1);
    }

    String utf8() {
        return new String(buffer, valueAt, valueEnd - valueAt, StandardCharsets.UTF_8);
    }

    ProtoReader message() {
        return new ProtoReader(buffer, valueAt, valueEnd);
    }
}
