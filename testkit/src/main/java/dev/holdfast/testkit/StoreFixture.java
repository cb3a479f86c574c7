// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import dev.holdfast.Holdfast;
import dev.holdfast.HoldfastBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * A store for one test of the conformance suite: empty when it is opened, deleted when it is closed. A store on a server is usually
 * a name space of its own on a server that the whole test class shares.
 *
 * <p>Hooks that no claimed {@link Capability} needs are never called; by default they throw {@link UnsupportedOperationException}.
 */
public interface StoreFixture extends AutoCloseable {
    /**
     * The store's name in the table of results.
     *
     * @return for example {@code redis}
     */
    String name();

    /**
     * What this store cannot do, or what cannot happen to it, each with the reason. All other capabilities are claimed, and tested. A
     * missing feature is tested to be refused clearly.
     *
     * @return reasons in whole sentences
     */
    Map<Capability, String> lacks();

    /**
     * Makes one client's way to the store. The suite opens what it needs, and closes the clients but not the links.
     *
     * @return a link with a backend of its own that is not opened yet
     */
    StoreLink connect();

    /**
     * The same, for a store whose locks end with a session of the client that has one timeout for all of them.
     *
     * @param leaseTime of the client's locks, unless a case asks for another one
     * @return the link; {@link #connect()} unless overridden
     */
    default StoreLink connect(Duration leaseTime) {
        return connect();
    }

    /**
     * Opens a client. For fixtures that have something to add to the builder.
     *
     * @param builder has a backend and options
     * @return the client
     */
    default Holdfast open(HoldfastBuilder builder) {
        return builder.open();
    }

    /**
     * Where other processes find the same store.
     *
     * @return a URI for {@link Holdfast#open}
     */
    default String uri() {
        throw new UnsupportedOperationException("PROCESSES is claimed, but there is no URI");
    }

    /**
     * All that holds a lock or waits for one in the store now: keys, rows, nodes, queue entries. Not what may stay, such as counters,
     * sessions and empty lock files.
     *
     * @return a description of each
     */
    Set<String> residue();

    /**
     * A lease time that is short but not tight for this store. The suite waits for it often.
     *
     * @return 1 s unless overridden
     */
    default Duration leaseTime() {
        return Duration.ofSeconds(1);
    }

    /**
     * How long a client waits for the answer to one request. Longer than its driver needs for a new connection after one broke.
     *
     * @return 400 ms unless overridden
     */
    default Duration callTimeout() {
        return Duration.ofMillis(400);
    }

    /**
     * How long a test waits for what must happen, before it fails.
     *
     * @return 15 s unless overridden
     */
    default Duration patience() {
        return Duration.ofSeconds(15);
    }

    /**
     * How many leases one client holds at a time, and how many it takes and gives back, in the cases that look for what grows with their number.
     *
     * @return 10,000 unless overridden; fewer, but thousands, for a store that brings each of them to several disks
     */
    default int many() {
        return 10_000;
    }

    /**
     * Makes a thread on which a case calls the API beside its own thread.
     *
     * @param body what it runs
     * @return a platform thread unless overridden, for example by a virtual one; not started, and a daemon
     */
    default Thread caller(Runnable body) {
        Thread thread = new Thread(body, "conformance-case");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Removes the record of a held lock, as an operator would.
     *
     * @param lockName the full name
     */
    default void remove(String lockName) {
        throw new UnsupportedOperationException("REMOVAL is claimed, but there is no hook for it");
    }

    /**
     * Purges all that the store keeps about a lock that nobody holds, as its own housekeeping would.
     *
     * @param lockName the full name
     */
    default void purge(String lockName) {
        throw new UnsupportedOperationException("PURGE is claimed, but there is no hook for it");
    }

    /**
     * Restarts the store; returns when it answers again.
     *
     * @param keepData whether it finds its data again
     */
    default void restart(boolean keepData) {
        throw new UnsupportedOperationException("RESTART or RESTART_EMPTY is claimed, but there is no hook for it");
    }

    /**
     * Puts something that is no lock where the record of a lock belongs.
     *
     * @param lockName the full name
     */
    default void spoil(String lockName) {
        throw new UnsupportedOperationException("FOREIGN_RECORD is claimed, but there is no hook for it");
    }

    /** Deletes the store. Called after all clients were closed. */
    @Override
    void close() throws Exception;
}
