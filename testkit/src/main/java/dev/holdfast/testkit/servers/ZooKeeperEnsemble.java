// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Three ZooKeeper servers that are one ensemble, otherwise as {@link ZooKeeperServer}. Variable: {@code
 * HOLDFAST_TEST_ZOOKEEPER_ENSEMBLE=zookeeper://h1:2181,h2:2181,h3:2181}.
 */
public final class ZooKeeperEnsemble extends ServerGroup {
    private static final String VARIABLE = "HOLDFAST_TEST_ZOOKEEPER_ENSEMBLE";
    private static final int MEMBERS = 3;
    private static final int PORTS_EACH = 3;

    private ZooKeeperEnsemble(List<String> settings, PeerRoute route) {
        super(Product.ZOOKEEPER, VARIABLE, () -> members(settings, route));
    }

    /** By which port a member reaches another one, when that one leads: a test puts proxies between them. */
    @FunctionalInterface
    public interface PeerRoute {
        /**
         * The way from a member to another one. Called once for each pair, before they start.
         *
         * @param from the place in {@link #nodes()} of the one that connects
         * @param to the place of the one that it connects to
         * @param port where that one listens on 127.0.0.1
         * @return the port of 127.0.0.1 to connect to instead
         */
        int portTo(int from, int to, int port);
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param settings as of {@link ZooKeeperServer#start}, for each server
     * @return an ensemble that has a leader
     * @throws ServerFailedException if ZooKeeper is not on the class path or does not start
     */
    public static ZooKeeperEnsemble start(String... settings) {
        return new ZooKeeperEnsemble(List.of(settings), (from, to, port) -> port);
    }

    /**
     * Starts it with a way of the test's own between every two members. Cuts can only be made between those that were started here.
     *
     * @param route by which ports members reach their leader; elections are not led over it
     * @param settings as of {@link ZooKeeperServer#start}, for each server
     * @return an ensemble that has a leader
     * @throws ServerFailedException if ZooKeeper is not on the class path or does not start
     */
    public static ZooKeeperEnsemble startVia(PeerRoute route, String... settings) {
        return new ZooKeeperEnsemble(List.of(settings), route);
    }

    @Override
    String uriOfNodes() {
        return "zookeeper://" + addresses(nodes());
    }

    private static List<ServerProgram> members(List<String> settings, PeerRoute route) {
        int[] ports = LoopbackPorts.free(PORTS_EACH * MEMBERS);
        List<ServerProgram> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            List<String> ensemble = new ArrayList<>();
            for (int j = 0; j < MEMBERS; j++) {
                int port = ports[MEMBERS + j];
                ensemble.add("server." + (j + 1) + "=127.0.0.1:" + (i == j ? port : route.portTo(i, j, port)) + ":"
                        + ports[2 * MEMBERS + j]);
            }
            members.add(new ZooKeeperProgram(ports[i], OptionalInt.of(i + 1), ensemble, VARIABLE, settings));
        }
        return members;
    }
}
