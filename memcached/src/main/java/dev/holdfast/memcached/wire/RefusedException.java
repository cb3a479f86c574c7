// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

/** The server answered something else than the command may answer, such as {@code SERVER_ERROR out of memory}. Its message is that line. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(Reply reply) {
        super(reply.line());
    }

    /**
     * What the server said.
     *
     * @return the line
     */
    public String line() {
        return String.valueOf(getMessage());
    }

    /**
     * Whether the memory for items is used up, on a server that evicts nothing.
     *
     * @return true if it may pass
     */
    public boolean isOutOfMemory() {
        return line().contains("out of memory");
    }

    /**
     * Whether something that is no number stands where a counter belongs.
     *
     * @return true if somebody else uses the key
     */
    public boolean isNoNumber() {
        return line().contains("non-numeric");
    }

    /**
     * Whether what is sent next on the connection may be taken for something else: a command that the server did not understand may have had a block of
     * data, which it then reads as commands.
     *
     * @return true if the connection must be given up
     */
    public boolean endsTheConnection() {
        return !line().startsWith("SERVER_ERROR") && !isNoNumber();
    }
}
