// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Nodes that know nothing of each other, asked one after the other, each time in another order. */
final class QuorumNodes {
    private record Vote(String id, long expires) {
        boolean isOver() {
            return System.nanoTime() - expires >= 0;
        }
    }

    private final List<Map<String, Vote>> nodes = new ArrayList<>();
    private final int quorum;
    private final Map<String, Long> granted = new ConcurrentHashMap<>();
    private final AtomicLong revisions = new AtomicLong(System.currentTimeMillis() * 1_000);

    QuorumNodes(int count, int quorum) {
        for (int i = 0; i < count; i++) {
            nodes.add(new ConcurrentHashMap<>());
        }
        this.quorum = quorum;
    }

    /** The revision of the grant, or 0 if there was no quorum; then nothing is left. */
    long acquire(String key, String id, long leaseNanos) {
        List<Map<String, Vote>> order = new ArrayList<>(nodes);
        Collections.shuffle(order);
        int votes = 0;
        for (Map<String, Vote> node : order) {
            Vote vote = node.compute(
                    key,
                    (name, old) -> old == null || old.isOver() || old.id().equals(id)
                            ? new Vote(id, System.nanoTime() + leaseNanos)
                            : old);
            votes += vote.id().equals(id) ? 1 : 0;
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
        }
        if (votes < quorum) {
            release(key, id);
            return 0;
        }
        // Only now: a number that was taken before the votes may be smaller than that of a holder in between.
        return granted.computeIfAbsent(id, claim -> revisions.incrementAndGet());
    }

    boolean renew(String key, String id, long leaseNanos) {
        int votes = 0;
        for (Map<String, Vote> node : nodes) {
            Vote vote = node.computeIfPresent(
                    key,
                    (name, old) ->
                            old.id().equals(id) && !old.isOver() ? new Vote(id, System.nanoTime() + leaseNanos) : old);
            votes += vote != null && vote.id().equals(id) && !vote.isOver() ? 1 : 0;
        }
        return votes >= quorum;
    }

    boolean release(String key, String id) {
        int votes = 0;
        for (Map<String, Vote> node : nodes) {
            Vote before = node.get(key);
            if (before != null && before.id().equals(id) && node.remove(key, before) && !before.isOver()) {
                votes++;
            }
        }
        return votes >= quorum;
    }

    Set<String> residue() {
        Set<String> residue = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            int node = i;
            nodes.get(i).forEach((key, vote) -> {
                if (!vote.isOver()) {
                    residue.add(key + " is held by " + vote.id() + " on node " + node);
                }
            });
        }
        return residue;
    }
}
