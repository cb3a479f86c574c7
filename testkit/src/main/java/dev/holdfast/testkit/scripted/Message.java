// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

/** Something that travels between a client and the store. In a manual store it stays under way until it is told what becomes of it. */
public final class Message {
    /** Which way a message goes, and why. */
    public enum Kind {
        /** From a client to the store. */
        REQUEST,
        /** The store's answer to a request. */
        REPLY,
        /** From the store to a client, unasked. */
        PUSH
    }

    private final ScriptedStore store;
    private final ScriptedLink link;
    private final Kind kind;
    private final String text;
    private final boolean aboutLock;
    private final Runnable arrival;

    Message(ScriptedStore store, ScriptedLink link, Kind kind, String text, boolean aboutLock, Runnable arrival) {
        this.store = store;
        this.link = link;
        this.kind = kind;
        this.text = text;
        this.aboutLock = aboutLock;
        this.arrival = arrival;
    }

    /**
     * Which way it goes, and why.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The client that sent it or gets it.
     *
     * @return its link
     */
    public ScriptedLink link() {
        return link;
    }

    /** Whether it is not a mere sign of life. */
    boolean isAboutLock() {
        return aboutLock;
    }

    /** Lets it arrive, on this thread. Does nothing if it is not under way any more. */
    public void deliver() {
        if (store.remove(this)) {
            arrival.run();
        }
    }

    /** Lets it vanish. */
    public void lose() {
        store.remove(this);
    }

    /** Lets it arrive, on this thread, while a copy of it stays under way. */
    public void deliverCopy() {
        arrival.run();
    }

    void arrive() {
        arrival.run();
    }

    @Override
    public String toString() {
        return switch (kind) {
            case REQUEST -> link.name() + " -> store: " + text;
            case REPLY, PUSH -> "store -> " + link.name() + ": " + text;
        };
    }
}
