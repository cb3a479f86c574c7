// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.trials.proxy.FrameCounter;
import java.util.function.Function;

/** Finds where commands end, or replies: after a line, after the data that a line announces, or after the line END. */
final class MemcachedFrames implements FrameCounter {
    private static final int NO_DATA = -1;

    private final Function<String[], Integer> dataAfter;
    private final StringBuilder line = new StringBuilder();

    /** How many bytes of data are still to come. */
    private int data;

    private boolean untilEnd;

    private MemcachedFrames(Function<String[], Integer> dataAfter) {
        this.dataAfter = dataAfter;
    }

    static MemcachedFrames commands() {
        return new MemcachedFrames(words -> switch (words[0]) {
            case "ms" -> Integer.parseInt(words[2]);
            case "set", "add", "cas" -> Integer.parseInt(words[4]);
            default -> NO_DATA;
        });
    }

    static MemcachedFrames replies() {
        return new MemcachedFrames(words -> switch (words[0]) {
            case "VA" -> Integer.parseInt(words[1]);
            case "VALUE" -> Integer.parseInt(words[3]);
            default -> NO_DATA;
        });
    }

    @Override
    public int frameEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (data > 0) {
                int passed = Math.min(data, to - at);
                data -= passed;
                at += passed;
                if (data == 0 && !untilEnd) {
                    return at;
                }
            } else {
                char next = (char) (bytes[at++] & 0xff);
                line.append(next);
                if (next == '\n' && endsFrame()) {
                    return at;
                }
            }
        }
        return -1;
    }

    private boolean endsFrame() {
        String[] words = line.toString().trim().split(" ", -1);
        line.setLength(0);
        if (words[0].equals("END")) {
            untilEnd = false;
            return true;
        }
        untilEnd |= words[0].equals("STAT") || words[0].equals("VALUE");
        int length = dataAfter.apply(words);
        data = length == NO_DATA ? 0 : length + 2;
        return data == 0 && !untilEnd;
    }
}
