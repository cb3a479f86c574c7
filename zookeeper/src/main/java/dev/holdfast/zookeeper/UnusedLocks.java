// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the persistent nodes of locks that this client has used, and not for a while. The server refuses to delete one under which somebody
 * stands, and whoever comes to stand there a moment later finds it missing and makes it again: so it may be deleted at any moment.
 */
final class UnusedLocks {
    /** Beyond that the one that was used first is left to stay. */
    private static final int MOST = 10_000;

    /** At most so many are deleted at a time, for those who want locks come after them. */
    private static final int TOGETHER = 1_000;

    private final @Nullable Duration after;
    private final String root;
    private final Object mutex = new Object();

    /** By path, the one whose last use is longest ago first. */
    private final Map<String, Long> lastUse = new LinkedHashMap<>();

    UnusedLocks(ZooKeeperOptions options) {
        after = options.removeUnused();
        root = options.root();
    }

    /** How long to wait from one look to the next, or null if there is nothing to look for. */
    @Nullable
    Duration pause() {
        return after == null || after.toNanos() < Sweep.PAUSE ? after : Duration.ofNanos(Sweep.PAUSE);
    }

    /** A lock's node is used now. */
    void used(String path) {
        if (after == null) {
            return;
        }
        synchronized (mutex) {
            lastUse.remove(path);
            lastUse.put(path, System.nanoTime());
            if (lastUse.size() > MOST) {
                Iterator<String> first = lastUse.keySet().iterator();
                first.next();
                first.remove();
            }
        }
    }

    /** Deletes those that are due. */
    void remove(ServerSession session) {
        if (after == null || !session.isConnected()) {
            return;
        }
        long now = System.nanoTime();
        for (String path : due(now)) {
            session.window().send(turn -> {
                session.server()
                        .delete(
                                path,
                                -1,
                                (rc, asked, context) -> {
                                    turn.answered(Faults.code(rc));
                                    removed(path, now, Faults.code(rc));
                                },
                                null);
                return true;
            });
        }
    }

    /** They stay known until they are gone: a request may not be sent, or not be answered. */
    private List<String> due(long now) {
        long lastUsedBefore = now - Objects.requireNonNull(after).toNanos();
        synchronized (mutex) {
            List<String> due = lastUse.entrySet().stream()
                    .takeWhile(one -> one.getValue() - lastUsedBefore <= 0)
                    .limit(TOGETHER)
                    .map(Map.Entry::getKey)
                    .toList();
            due.forEach(path -> {
                lastUse.remove(path);
                lastUse.put(path, now);
            });
            return due;
        }
    }

    private void removed(String path, long askedNanos, Code code) {
        if (code != Code.NOTEMPTY && !Faults.isUnknown(code) && !Faults.isSessionOver(code)) {
            // It is gone, or nobody lets this client delete it.
            synchronized (mutex) {
                // Unless it was used meanwhile.
                lastUse.remove(path, askedNanos);
            }
        }
        if (code == Code.OK) {
            // A name with slashes has nodes above its own, which may be of no more use either.
            String above = path.substring(0, path.lastIndexOf('/'));
            if (above.length() > root.length()) {
                used(above);
            }
        }
    }
}
