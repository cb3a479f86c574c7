// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

/** Four bytes of length, then as many bytes. */
final class LengthPrefixedFrames implements FrameCounter {
    private static final int PREFIX = 4;

    private int prefixRead;
    private int length;
    private long bodyLeft;

    @Override
    public int frameEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && prefixRead < PREFIX) {
            length = (length << 8) | (bytes[at++] & 0xff);
            prefixRead++;
            bodyLeft = Math.max(length, 0);
        }
        long taken = Math.min(bodyLeft, to - at);
        bodyLeft -= taken;
        if (prefixRead < PREFIX || bodyLeft > 0) {
            return -1;
        }
        prefixRead = 0;
        length = 0;
        return (int) (at + taken);
    }
}
