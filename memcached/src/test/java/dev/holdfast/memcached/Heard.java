// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What this backend logs, while it is open. */
final class Heard implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    Heard() {
        TestLog.tell(this);
    }

    void hear(String line) {
        lines.add(line);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        TestLog.forget(this);
    }
}
