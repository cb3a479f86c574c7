// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.memory.MemoryBackend;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A group of {@code memory:} for one test. */
public final class MemoryFixture implements StoreFixture {
    private final String group = "conformance-" + UUID.randomUUID();
    private final Observer observer = new Observer(new MemoryBackend(group));

    public MemoryFixture() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.LEASES, "A lock ends when it is released or its client is closed, not by time.");
        lacks.put(Capability.EXPIRY, "A client in this JVM cannot fall silent while the JVM lives.");
        lacks.put(Capability.PROCESSES, "The locks are in the memory of one JVM.");
        for (Capability fault : Set.of(
                Capability.SILENCE,
                Capability.STALL,
                Capability.LOST_REPLY,
                Capability.LATE_REQUEST,
                Capability.DUPLICATE,
                Capability.LOST_PUSH)) {
            lacks.put(fault, "Requests are method calls: nothing can get lost or late.");
        }
        lacks.put(Capability.REMOVAL, "There is no record that somebody could remove.");
        lacks.put(Capability.PURGE, "Nothing is kept about a lock that nobody holds.");
        lacks.put(Capability.SESSION_END, "The session is the JVM.");
        lacks.put(Capability.RESTART, "Nothing outlives the JVM.");
        lacks.put(Capability.RESTART_EMPTY, "A restart of the store is one of the whole program.");
        lacks.put(Capability.FOREIGN_RECORD, "Nothing but locks can be in a group.");
        lacks.put(Capability.REQUEST_COUNT, "There are no requests.");
        return lacks;
    }

    @Override
    public StoreLink connect() {
        return StoreLink.faultless(new MemoryBackend(group));
    }

    @Override
    public Set<String> residue() {
        return observer.residue();
    }

    @Override
    public void close() {
        observer.close();
    }
}
