// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.trials.proxy.Dialogue;
import dev.holdfast.trials.proxy.FrameGate;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What a client of memcached and a server say to each other: replies come in the order of the commands. Calls are about locks, not about counters. */
final class MemcachedDialogue implements Dialogue {
    private static final Set<String> OF_ITEMS = Set.of("ms", "mg", "md", "add", "gets", "cas");

    private long asked;
    private long answered;

    /** A gate that knows the commands. */
    static FrameGate gate() {
        return new FrameGate(MemcachedFrames::commands, MemcachedFrames::replies, MemcachedDialogue::new);
    }

    /** Changes replies as texts, each with its line ends and a character for each byte. */
    static UnaryOperator<byte[]> text(UnaryOperator<String> change) {
        return reply -> change.apply(text(reply)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] frame) {
        return new String(frame, StandardCharsets.ISO_8859_1);
    }

    @Override
    public long request(byte[] frame) {
        asked++;
        String[] words = text(frame).split("[ \r]", 3);
        return OF_ITEMS.contains(words[0]) && words[1].indexOf(':') < 0 ? asked : NONE;
    }

    @Override
    public long reply(byte[] frame) {
        return ++answered;
    }
}
