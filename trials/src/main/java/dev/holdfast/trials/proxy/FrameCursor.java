// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

/** Where one direction of one connection stands in its frames. */
final class FrameCursor {
    private final FrameCounter counter;
    private boolean insideFrame;

    FrameCursor(FrameCounter counter) {
        this.counter = counter;
    }

    boolean insideFrame() {
        return insideFrame;
    }

    /** The end of the current frame, or -1 if it goes on after this chunk. */
    int next(byte[] bytes, int from, int to) {
        int end = counter.frameEnd(bytes, from, to);
        insideFrame = end < 0;
        return end;
    }
}
