// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes commands. */
final class Command {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    Command line(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        bytes.write('\r');
        bytes.write('\n');
        return this;
    }

    Command data(byte[] value) {
        bytes.writeBytes(value);
        bytes.write('\r');
        bytes.write('\n');
        return this;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
