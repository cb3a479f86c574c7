// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

/**
 * The protocol of Redis. An aggregate announces how many elements follow, so that one number, the elements still to come, is enough
 * for any nesting.
 */
final class RespFrames implements FrameCounter {
    private static final int CRLF = 2;

    private long elements = 1;
    private long skip;
    private boolean inLine;
    private byte type;
    private boolean negative;
    private long number;

    @Override
    public int frameEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (skip > 0) {
                long taken = Math.min(skip, to - at);
                skip -= taken;
                at += (int) taken;
                if (skip == 0) {
                    elements--;
                }
            } else {
                read(bytes[at++]);
            }
            if (elements == 0) {
                elements = 1;
                return at;
            }
        }
        return -1;
    }

    private void read(byte b) {
        if (!inLine) {
            inLine = true;
            type = b;
            negative = false;
            number = 0;
            return;
        }
        if (b == '\n') {
            inLine = false;
            endLine();
        } else if (b == '-') {
            negative = true;
        } else if (b >= '0' && b <= '9') {
            number = number * 10 + (b - '0');
        }
    }

    private void endLine() {
        long size = negative ? -1 : number;
        switch (type) {
            case '$', '=', '!' -> {
                if (size >= 0) {
                    skip = size + CRLF;
                } else {
                    elements--;
                }
            }
            case '*', '~', '>' -> elements += Math.max(size, 0) - 1;
            case '%' -> elements += 2 * Math.max(size, 0) - 1;
            case '|' -> elements += 2 * Math.max(size, 0); // attributes stand before the reply that they describe
            default -> elements--;
        }
    }
}
