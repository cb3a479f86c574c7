// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import java.io.Serial;

/** The server answered with an error. */
public final class RefusedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * The server's word.
     *
     * @param error the text, which starts with a code
     */
    public RefusedException(String error) {
        super(error);
    }
}
