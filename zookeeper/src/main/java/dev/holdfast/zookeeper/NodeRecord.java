// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a contender's node, for people: {@code hf1|<length of the name>|<name>|<label>}. With {@code hf0} instead, an operator asks
 * the holder to give the lock back.
 *
 * @param name the full name of the lock
 * @param label who stands there
 * @param revoked whether the holder is to give it back
 */
record NodeRecord(String name, String label, boolean revoked) {
    private static final Pattern FORM = Pattern.compile("hf([01])\\|([0-9]{1,5})\\|(.*)", Pattern.DOTALL);

    byte[] bytes() {
        return ((revoked ? "hf0|" : "hf1|") + name.length() + "|" + name + "|" + label)
                .getBytes(StandardCharsets.UTF_8);
    }

    NodeRecord asRevoked() {
        return new NodeRecord(name, label, true);
    }

    /** The record, or null if somebody else made the node. */
    static @Nullable NodeRecord read(byte @Nullable [] data) {
        if (data == null) {
            return null;
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int length = Integer.parseInt(matcher.group(2));
        String rest = matcher.group(3);
        if (rest.length() <= length || rest.charAt(length) != '|') {
            return null;
        }
        return new NodeRecord(
                rest.substring(0, length),
                rest.substring(length + 1),
                matcher.group(1).equals("0"));
    }
}
