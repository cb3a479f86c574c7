// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import dev.holdfast.Holdfast;
import dev.holdfast.HoldfastBuilder;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Another fixture's store, used by virtual threads. */
record VirtualCallers(StoreFixture store) implements StoreFixture {
    @Override
    public Thread caller(Runnable body) {
        return Thread.ofVirtual().name("conformance-case").unstarted(body);
    }

    @Override
    public String name() {
        return store.name() + ", virtual threads";
    }

    @Override
    public Map<Capability, String> lacks() {
        return store.lacks();
    }

    @Override
    public StoreLink connect() {
        return store.connect();
    }

    @Override
    public StoreLink connect(Duration leaseTime) {
        return store.connect(leaseTime);
    }

    @Override
    public Holdfast open(HoldfastBuilder builder) {
        return store.open(builder);
    }

    @Override
    public String uri() {
        return store.uri();
    }

    @Override
    public Set<String> residue() {
        return store.residue();
    }

    @Override
    public Duration leaseTime() {
        return store.leaseTime();
    }

    @Override
    public Duration patience() {
        return store.patience();
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
    public void close() throws Exception {
        store.close();
    }
}
