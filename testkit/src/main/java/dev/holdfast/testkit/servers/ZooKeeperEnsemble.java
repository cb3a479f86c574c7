// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.testkit.loopback.LoopbackPorts;
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

    private ZooKeeperEnsemble(List<String> settings) {
        super(Product.ZOOKEEPER, VARIABLE, () -> members(settings));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param settings lines of the configuration of each server, which win over ours
     * @return an ensemble that has a leader
     * @throws ServerFailedException if ZooKeeper is not on the class path or does not start
     */
    public static ZooKeeperEnsemble start(String... settings) {
        return new ZooKeeperEnsemble(List.of(settings));
    }

    @Override
    String uriOfNodes() {
        return "zookeeper://" + addresses(nodes());
    }

    private static List<ServerProgram> members(List<String> settings) {
        int[] ports = LoopbackPorts.free(PORTS_EACH * MEMBERS);
        List<String> ensemble = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            ensemble.add("server." + (i + 1) + "=127.0.0.1:" + ports[MEMBERS + i] + ":" + ports[2 * MEMBERS + i]);
        }
        List<ServerProgram> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new ZooKeeperProgram(ports[i], OptionalInt.of(i + 1), ensemble, VARIABLE, settings));
        }
        return members;
    }
}
