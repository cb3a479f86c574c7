// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

/**
 * What is said on one connection, frame by frame: it knows which requests are calls, the ones that a {@link FrameGate} counts, holds back or
 * sends twice, and which reply belongs to which of them. One thread shows it the requests and another one the replies, each in order.
 */
public interface Dialogue {
    /** Of a request: it is no call. Of a reply: it belongs to no request, and is no push either. */
    long NONE = -1;

    /** Of a reply: it belongs to no request, and may get lost. */
    long PUSH = -2;

    /**
     * Looks at a request.
     *
     * @param frame all of it
     * @return a number that its reply will have, 0 or more, if it is a call; otherwise {@link #NONE}
     */
    long request(byte[] frame);

    /**
     * Looks at a reply.
     *
     * @param frame all of it
     * @return the number of the request that it belongs to, {@link #PUSH} or {@link #NONE}
     */
    long reply(byte[] frame);
}
