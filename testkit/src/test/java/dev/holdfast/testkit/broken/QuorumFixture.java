// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Four nodes that hold a lock if two of them, or three, agree. */
final class QuorumFixture implements StoreFixture {
    private final Defect defect;
    private final QuorumNodes nodes;

    QuorumFixture(Defect defect) {
        this.defect = defect;
        nodes = new QuorumNodes(4, defect == Defect.QUORUM_OF_HALF ? 2 : 3);
    }

    @Override
    public String name() {
        return "quorum";
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.LINE, "Queues on several nodes would grant to different waiters.");
        lacks.put(Capability.DEMAND, "There is no line that could tell of a rival.");
        lacks.put(Capability.INSPECT, "This store only exists to show what a quorum is for.");
        lacks.put(Capability.LIST, "This store only exists to show what a quorum is for.");
        lacks.put(Capability.FORCE_RELEASE, "This store only exists to show what a quorum is for.");
        lacks.put(Capability.FORCE_RELEASE_NOW, "This store only exists to show what a quorum is for.");
        lacks.put(Capability.PROCESSES, "The nodes live in the memory of one process.");
        for (Capability fault : Capability.values()) {
            if (fault.isFault()) {
                lacks.put(fault, "The nodes are called directly: there is no wire on which something could happen.");
            }
        }
        return lacks;
    }

    @Override
    public StoreLink connect() {
        return StoreLink.faultless(new QuorumBackend(nodes));
    }

    @Override
    public Duration patience() {
        return defect.isControl() ? Duration.ofSeconds(20) : Duration.ofSeconds(4);
    }

    @Override
    public Set<String> residue() {
        return new TreeSet<>(nodes.residue());
    }

    @Override
    public void close() {
        // The nodes are garbage now.
    }
}
