// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import java.io.IOException;

/** A server answers, and cannot or will not keep locks as it is; the message says why and what to do. */
public final class UnfitException extends IOException {
    private static final long serialVersionUID = 1L;

    UnfitException(String message) {
        super(message);
    }
}
