// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.trials.proxy.Dialogue;
import java.nio.charset.StandardCharsets;

/** What a client of Redis and a server say to each other: replies come in the order of the requests. Calls are those of scripts. */
final class RedisDialogue implements Dialogue {
    private long asked;
    private long answered;

    @Override
    public long request(byte[] frame) {
        asked++;
        return start(frame).contains("\r\nEVAL") ? asked : NONE;
    }

    @Override
    public long reply(byte[] frame) {
        if (frame[0] != '>') {
            return ++answered;
        }
        return start(frame).contains("message\r\n") ? PUSH : NONE;
    }

    private static String start(byte[] frame) {
        return new String(frame, 0, Math.min(frame.length, 40), StandardCharsets.ISO_8859_1);
    }
}
