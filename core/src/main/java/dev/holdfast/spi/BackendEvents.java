// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.LeaseLoss;

/**
 * What a backend tells the engine unasked. All methods are non-blocking and may be called from any thread; none calls back into the
 * backend on the calling thread's stack while it holds a lock of the engine.
 */
public interface BackendEvents {
    /**
     * The lock may have become free: a poller should ask now instead of at its next turn. A hint; it may be wrong.
     *
     * @param key the key of the lock
     */
    void wake(String key);

    /**
     * Another client waits for a lock that this client holds, so local handovers are limited from now on.
     *
     * @param claim the granted claim
     */
    void contended(Claim claim);

    /**
     * The store says that a granted claim no longer holds its lock.
     *
     * @param claim the granted claim
     * @param why the reason to tell the holder
     */
    void gone(Claim claim, LeaseLoss why);

    /**
     * A session has ended at the store, and with it every claim that was granted in it.
     *
     * @param session the session
     * @param why the reason to tell the holders
     */
    void sessionLost(Session session, LeaseLoss why);

    /** Something happened after which no grant should be taken for certain, such as a fail-over: ask about all of them now. */
    void verify();
}
