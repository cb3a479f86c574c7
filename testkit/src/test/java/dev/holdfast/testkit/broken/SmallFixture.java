// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.Holdfast;
import dev.holdfast.HoldfastBuilder;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A {@link SmallStore} for one test. */
final class SmallFixture implements StoreFixture {
    private final Defect defect;
    private final SmallStore store;

    SmallFixture(Defect defect) {
        this.defect = defect;
        store = new SmallStore(defect);
    }

    @Override
    public String name() {
        return "small";
    }

    @Override
    public Map<Capability, String> lacks() {
        return Map.of(
                Capability.PROCESSES, "The store lives in the memory of one process.",
                Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
    }

    @Override
    public StoreLink connect() {
        return new SmallLink(store, defect);
    }

    @Override
    public Holdfast open(HoldfastBuilder builder) {
        Holdfast client = builder.open();
        return defect == Defect.HELD_AFTER_RELEASE ? HeldAfterRelease.wrap(client) : client;
    }

    /** Broken stores fail by waiting in vain; the control has all the time that it needs. */
    @Override
    public Duration patience() {
        return defect == Defect.NONE ? Duration.ofSeconds(15) : Duration.ofSeconds(4);
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
        // The store is garbage now.
    }
}
