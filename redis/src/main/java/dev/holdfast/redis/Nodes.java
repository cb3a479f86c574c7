// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.spi.Deployment;
import java.time.Duration;
import java.util.List;

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

    /** This client is about to wait for a lock of this slot, or holds one: pushes should reach it. */
    void listenTo(int slot);

    /** Disconnects. */
    void close();
}
