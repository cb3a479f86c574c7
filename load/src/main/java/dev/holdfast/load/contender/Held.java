// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

/** A lock that is held. */
public interface Held {
    /**
     * Gives the lock back, on the thread that took it.
     *
     * @throws Exception if that fails
     */
    void release() throws Exception;

    /**
     * Whether the lock is still held, as far as its holder can tell.
     *
     * @return true unless the contender knows better
     */
    default boolean isHeld() {
        return true;
    }
}
