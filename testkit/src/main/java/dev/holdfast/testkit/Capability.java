// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

/**
 * What a store can do, and what can be done to it. A store has every capability unless its {@link StoreFixture#lacks() fixture} says
 * why not.
 */
public enum Capability {
    /** Each lock has a lease of its own in the store, instead of ending with a session. */
    LEASES("a lease per lock", Kind.FEATURE),
    /** The lock of a client that has fallen silent comes free by itself. */
    EXPIRY("locks of a silent client expire", Kind.FEATURE),
    /** The store keeps a line of waiting clients. */
    LINE("a line of waiters in the store", Kind.FEATURE),
    /** A holder is told that another client waits. */
    DEMAND("the holder is told of rivals", Kind.FEATURE),
    /** {@code inspect} works. */
    INSPECT("inspect", Kind.FEATURE),
    /** {@code list} works. */
    LIST("list", Kind.FEATURE),
    /** {@code forceRelease} works. */
    FORCE_RELEASE("forceRelease", Kind.FEATURE),
    /** {@code forceReleaseNow} works. */
    FORCE_RELEASE_NOW("forceReleaseNow", Kind.FEATURE),
    /** One client can hold ten thousand locks. */
    MANY_LEASES("thousands of leases in one client", Kind.FEATURE),
    /** Other processes can use the same store. */
    PROCESSES("other processes exclude each other", Kind.FEATURE),

    /** Requests and replies of one client can vanish. */
    SILENCE("silence: requests and replies vanish", Kind.FAULT),
    /** Requests and replies of one client can be held back and delivered late. */
    STALL("stall: requests and replies come late", Kind.FAULT),
    /** A request can be applied and its reply lost. */
    LOST_REPLY("the reply is lost after the request was applied", Kind.FAULT),
    /** A request can arrive after a later one of the same client. */
    LATE_REQUEST("a request arrives after its withdrawal", Kind.FAULT),
    /** A request can arrive twice. */
    DUPLICATE("a request arrives twice", Kind.FAULT),
    /** What the store sends unasked can be lost. */
    LOST_PUSH("pushes and wake-ups are lost", Kind.FAULT),
    /** The record of a held lock can be removed by an operator. */
    REMOVAL("the record of a held lock is removed", Kind.FAULT),
    /** What the store keeps about an unused lock can be purged. */
    PURGE("the record of an unused lock is purged", Kind.FAULT),
    /** The session of a client can be ended at the store. */
    SESSION_END("the session is ended at the store", Kind.FAULT),
    /** The store can be restarted with its data. */
    RESTART("the store restarts with its data", Kind.FAULT),
    /** The store can be restarted without its data. */
    RESTART_EMPTY("the store restarts without its data", Kind.FAULT),
    /** Something that is no lock can stand where the record of a lock belongs. */
    FOREIGN_RECORD("a foreign record stands under the key", Kind.FAULT),
    /** The requests of one client can be counted. */
    REQUEST_COUNT("requests are counted", Kind.FAULT);

    private enum Kind {
        FEATURE,
        FAULT
    }

    private final String title;
    private final Kind kind;

    Capability(String title, Kind kind) {
        this.title = title;
        this.kind = kind;
    }

    /**
     * The capability for people.
     *
     * @return a few words
     */
    public String title() {
        return title;
    }

    /**
     * Whether this is something that can happen to a store, instead of something that it can do.
     *
     * @return true for faults
     */
    public boolean isFault() {
        return kind == Kind.FAULT;
    }
}
