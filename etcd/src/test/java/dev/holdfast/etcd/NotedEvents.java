// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.testkit.PlainEvents;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a backend tells unasked. */
final class NotedEvents extends PlainEvents {
    private final List<String> woken = new CopyOnWriteArrayList<>();

    /** The keys of locks that may have come free. */
    List<String> woken() {
        return woken;
    }

    @Override
    public void wake(String key) {
        woken.add(key);
    }
}
