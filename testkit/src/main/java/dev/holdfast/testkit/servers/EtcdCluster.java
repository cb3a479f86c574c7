// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.testkit.loopback.LoopbackPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three members of one etcd cluster, which keep their data over a restart. A member that lost its data does not find back into the
 * cluster by {@link ServerNode#restartEmpty()}. Variable: {@code HOLDFAST_TEST_ETCD_CLUSTER=etcd://h1:2379,h2:2379,h3:2379}.
 */
public final class EtcdCluster extends ServerGroup {
    private static final String VARIABLE = "HOLDFAST_TEST_ETCD_CLUSTER";
    private static final int MEMBERS = 3;

    private EtcdCluster(List<String> options) {
        super(Product.ETCD, VARIABLE, () -> members(options));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line of each member
     * @return a cluster that has a leader
     * @throws ServerFailedException if etcd is not installed or does not start
     */
    public static EtcdCluster start(String... options) {
        return new EtcdCluster(List.of(options));
    }

    @Override
    String uriOfNodes() {
        return "etcd://" + addresses(nodes());
    }

    private static List<ServerProgram> members(List<String> options) {
        int[] ports = LoopbackPorts.free(2 * MEMBERS);
        String cluster = IntStream.range(0, MEMBERS)
                .mapToObj(i -> EtcdProgram.peer("member" + i, ports[MEMBERS + i]))
                .collect(Collectors.joining(","));
        List<ServerProgram> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new EtcdProgram("member" + i, ports[i], ports[MEMBERS + i], cluster, VARIABLE, options));
        }
        return members;
    }
}
