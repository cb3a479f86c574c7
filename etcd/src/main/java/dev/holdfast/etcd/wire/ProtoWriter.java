// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes one message, field by field. Fields that have their default value are left out, as the encoding wants it. Not thread-safe. */
final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private byte[] buffer = new byte[64];
    private int size;

    ProtoWriter number(int field, long value) {
        return value == 0 ? this : evenZero(field, value);
    }

    /** A number that means something when it is zero: one of a choice of fields. */
    ProtoWriter evenZero(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    ProtoWriter flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    ProtoWriter bytes(int field, byte[] value) {
        return value.length == 0 ? this : delimited(field, value, value.length);
    }

    ProtoWriter utf8(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A message within this one, which is written even if it is empty. */
    ProtoWriter message(int field, ProtoWriter inner) {
        return delimited(field, inner.buffer, inner.size);
    }

    private ProtoWriter delimited(int field, byte[] value, int length) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        varint(length);
        reserve(length);
        System.arraycopy(value, 0, buffer, size, length);
        size += length;
        return this;
    }

    private void varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            buffer[size++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    private void reserve(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }
}
