// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.List;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Deletes nodes of a session that no attempt knows of. Attempts delete theirs themselves, whatever happens to the connection; this bounds what
 * a defect could leave, for as long as the client lives. Each attempt is known before its node is asked for, so none is swept that is wanted.
 */
final class Sweep {
    static final long PAUSE = 60_000_000_000L;

    private Sweep() {}

    /** Asks for the session's nodes under the root. Servers before 3.6 cannot tell. */
    static void of(ServerSession session, ZooKeeperOptions options) {
        if (!session.isConnected()) {
            return;
        }
        session.server()
                .getEphemerals(
                        options.root(),
                        (rc, context, nodes) -> {
                            if (Faults.code(rc) == Code.OK) {
                                delete(session, nodes);
                            }
                        },
                        null);
    }

    private static void delete(ServerSession session, List<String> nodes) {
        for (String node : nodes) {
            if (Dialect.isContender(Requests.name(node)) && !session.knows(Requests.name(node))) {
                Client.warn("Deletes " + node + ", of which nothing is known any more");
                session.server().delete(node, -1, (rc, path, context) -> {}, null);
            }
        }
    }
}
