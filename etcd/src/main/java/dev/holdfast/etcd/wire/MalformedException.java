// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.io.Serial;

/** What came is no message of etcd. */
public final class MalformedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super("The answer cannot be read: " + message);
    }
}
