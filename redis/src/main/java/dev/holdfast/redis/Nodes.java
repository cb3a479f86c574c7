// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.script.ScriptCall;
import dev.holdfast.spi.Deployment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes of a deployment: which one has a lock, and how a client is reached by pushes there. */
interface Nodes {
    /**
     * Connects.
     *
     * @param timeout how long this may take
     * @return what was found
     * @throws dev.holdfast.BackendException if it cannot be used
     */
    Deployment open(Duration timeout);

    /** The node that has a slot now. Never blocks; a node that cannot be reached answers that. */
    NodeLink linkOf(int slot);

    /** Every node that has locks. */
    List<NodeLink> all();

    /** The command by which scripts reach clients. */
    String publishCommand();

    /** What the names of channels start with that a lock of this slot uses. */
    String channelPrefix(int slot);

    /**
     * This client has a lock of this slot or waits for one at a node, which has just answered for the slot: pushes should reach it.
     *
     * @return false if the node was told so only now, so that a push may have been missed
     */
    boolean listens(NodeLink link, int slot);

    /**
     * Where to ask instead, after a node refused to answer for a slot.
     *
     * @param link the node that refused
     * @param error what it said
     * @return how to send the call again, or null if that is no help now
     */
    @Nullable
    Route reroute(NodeLink link, String error);

    /** Another way for a call. */
    @FunctionalInterface
    interface Route {
        /** Sends it again. */
        void send(ScriptCall call);
    }

    /** Disconnects. */
    void close();
}
