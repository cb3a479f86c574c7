// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.spi.Printable;
import java.io.Serial;

/**
 * A write came too late: somebody with a larger fencing token has written in the meantime, so this writer has lost its lock. Its transaction must be
 * rolled back.
 */
public final class StaleTokenException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What was to be written. */
    private final String resource;

    /** The writer's token. */
    private final long token;

    StaleTokenException(String resource, long token) {
        super(
                "The write to " + Printable.quoted(resource) + " with fencing token " + token
                        + " is refused: somebody with a larger token has written since. Its lock is lost; roll the transaction back");
        this.resource = resource;
        this.token = token;
    }

    /**
     * What was to be written.
     *
     * @return the name of the resource
     */
    public String resource() {
        return resource;
    }

    /**
     * The token that was refused.
     *
     * @return the writer's token
     */
    public long token() {
        return token;
    }
}
