// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

/**
 * Finds where the frames of one direction of one connection end. A frame is what one wants to count or to cut at: a request or a reply
 * of the protocol. Not safe for use by several threads.
 */
@FunctionalInterface
public interface FrameCounter {
    /**
     * Reads on to the next end of a frame. Frames may begin in one chunk and end in another.
     *
     * @param bytes a chunk of the stream
     * @param from the first byte that was not read yet
     * @param to the end of the chunk, more than {@code from}
     * @return the place after the last byte of the frame, or -1 if it does not end in this chunk, which is read to its end then
     */
    int frameEnd(byte[] bytes, int from, int to);

    /**
     * Every chunk that arrives is a frame. For protocols without a counter of their own; small requests and replies sent one by one
     * usually are one chunk each.
     *
     * @return a new counter
     */
    static FrameCounter chunks() {
        return (bytes, from, to) -> to;
    }

    /**
     * Every line is a frame, ended by a line feed: memcached. A value that is sent along is a line too.
     *
     * @return a new counter
     */
    static FrameCounter lines() {
        return (bytes, from, to) -> {
            for (int i = from; i < to; i++) {
                if (bytes[i] == '\n') {
                    return i + 1;
                }
            }
            return -1;
        };
    }

    /**
     * Every frame has its length in front, in four bytes, highest first, which do not count themselves: ZooKeeper.
     *
     * @return a new counter
     */
    static FrameCounter lengthPrefixed() {
        return new LengthPrefixedFrames();
    }

    /**
     * Every command, reply and push of Redis is a frame, in RESP2 and RESP3, however deeply it is nested. Streamed strings and
     * aggregates, which Redis does not send, are not understood.
     *
     * @return a new counter
     */
    static FrameCounter resp() {
        return new RespFrames();
    }
}
