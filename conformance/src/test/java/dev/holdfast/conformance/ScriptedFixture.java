// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.scripted.ScriptedLink;
import dev.holdfast.testkit.scripted.ScriptedStore;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** A scripted store for one test: the only one here to which everything can happen. */
public final class ScriptedFixture implements StoreFixture {
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(1);

    private final String name;
    private final ScriptedStore store;
    private final Map<Capability, String> lacks = new EnumMap<>(Capability.class);

    private ScriptedFixture(String name, ScriptedStore store) {
        this.name = name;
        this.store = store;
        lacks.put(
                Capability.MANY_LEASES,
                "The store looks through all its records at each request: it is made for faults, not for numbers.");
        lacks.put(Capability.PROCESSES, "The store lives in the memory of one process.");
    }

    /** A lease for each lock and a line of waiters, as Redis has them. */
    public static ScriptedFixture leased() {
        ScriptedFixture fixture = new ScriptedFixture(
                "scripted, leased", ScriptedStore.onOwnThread().build());
        fixture.lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        return fixture;
    }

    /** Sessions and a line of waiters, as ZooKeeper has them. */
    public static ScriptedFixture sessionBound() {
        ScriptedFixture fixture = new ScriptedFixture(
                "scripted, sessions",
                ScriptedStore.onOwnThread()
                        .sessions(SESSION_TIMEOUT)
                        .lossPushes(true)
                        .build());
        fixture.lacks.put(Capability.LEASES, "A lock ends with its client's session.");
        fixture.lacks.put(
                Capability.REMOVAL,
                "This variant tells a holder of a forced release, but nobody watches whether its record is removed.");
        return fixture;
    }

    /** Leases without a line, and calls that block, as a data base has them. */
    public static ScriptedFixture polled() {
        ScriptedFixture fixture = new ScriptedFixture(
                "scripted, polled",
                ScriptedStore.onOwnThread()
                        .line(false)
                        .demand(false)
                        .blocking(true)
                        .build());
        fixture.lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        fixture.lacks.put(Capability.LINE, "This variant is the one whose clients poll.");
        fixture.lacks.put(Capability.DEMAND, "This variant keeps no line from which it could know of rivals.");
        return fixture;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<Capability, String> lacks() {
        return lacks;
    }

    @Override
    public StoreLink connect() {
        return new Link(store.connect());
    }

    @Override
    public Duration leaseTime() {
        return lacks.containsKey(Capability.LEASES) ? SESSION_TIMEOUT : StoreFixture.super.leaseTime();
    }

    @Override
    public Set<String> residue() {
        return store.residue();
    }

    @Override
    public void remove(String lockName) {
        store.remove(lockName);
    }

    @Override
    public void purge(String lockName) {
        store.purge(lockName);
    }

    @Override
    public void restart(boolean keepData) {
        store.restart(keepData);
    }

    @Override
    public void spoil(String lockName) {
        store.spoil(lockName);
    }

    @Override
    public void close() {
        store.close();
    }

    private record Link(ScriptedLink link) implements StoreLink {
        @Override
        public LockBackend backend() {
            return link.backend();
        }

        @Override
        public void silence() {
            link.silence();
        }

        @Override
        public void stall() {
            link.stall();
        }

        @Override
        public void heal() {
            link.heal();
        }

        @Override
        public void loseNextReply() {
            link.loseReplies(1);
        }

        @Override
        public void holdNextRequest() {
            link.holdNextRequest();
        }

        @Override
        public void deliverHeldRequest() {
            link.deliverHeldRequest();
        }

        @Override
        public void duplicateNextRequest() {
            link.duplicateNextRequest();
        }

        @Override
        public void dropPushes() {
            link.dropPushes();
        }

        @Override
        public void endSession() {
            link.endSession();
        }

        @Override
        public long requests() {
            return link.requests();
        }
    }
}
