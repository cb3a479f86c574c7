// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/**
 * The one watcher of a session, which passes events on by their path. ZooKeeper's client keeps every watcher that was set at a node until
 * something happens to the node: attempts that come and go behind somebody who holds a lock for long would pile up there.
 *
 * <p>Who is interested in a path may hear of an event before its own request to watch it was answered, because somebody else's was. Safe for
 * use by several threads.
 */
final class Watches implements Watcher {
    private final Client client;
    private final Map<String, Set<Standing>> interested = new ConcurrentHashMap<>();

    Watches(Client client) {
        this.client = client;
    }

    /** From now on this one is told what happens at a path. */
    void add(String path, Standing standing) {
        interested.compute(path, (same, known) -> {
            Set<Standing> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(standing);
            return all;
        });
    }

    /** Asks nothing of the server: an event that nobody is interested in does no harm. */
    void remove(String path, Standing standing) {
        interested.computeIfPresent(path, (same, all) -> {
            all.remove(standing);
            return all.isEmpty() ? null : all;
        });
    }

    /** How many are interested, counted for each path. */
    int size() {
        return interested.values().stream().mapToInt(Set::size).sum();
    }

    @Override
    public void process(WatchedEvent event) {
        String path = event.getPath();
        if (event.getType() != Event.EventType.None && path != null) {
            for (Standing one : interested.getOrDefault(path, Set.of())) {
                client.run(() -> one.happened(path, event.getType()));
            }
        }
    }
}
