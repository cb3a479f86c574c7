// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a backend tells unasked. */
final class NotedEvents implements BackendEvents {
    private final List<String> woken = new CopyOnWriteArrayList<>();

    /** The keys of locks that may have come free. */
    List<String> woken() {
        return woken;
    }

    @Override
    public void wake(String key) {
        woken.add(key);
    }

    @Override
    public void contended(Claim claim) {}

    @Override
    public void gone(Claim claim, LeaseLoss why) {}

    @Override
    public void sessionLost(Session session, LeaseLoss why) {}

    @Override
    public void verify() {}
}
