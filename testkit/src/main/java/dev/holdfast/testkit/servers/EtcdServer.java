// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.util.List;

/** One etcd, which keeps its data over a restart. Variable: {@code HOLDFAST_TEST_ETCD=etcd://host:2379}. */
public final class EtcdServer extends SingleServer {
    private static final String VARIABLE = "HOLDFAST_TEST_ETCD";
    private static final String NAME = "only";

    private EtcdServer(List<String> options) {
        super(Product.ETCD, VARIABLE, () -> {
            int[] ports = LoopbackPorts.free(2);
            return new EtcdProgram(
                    NAME, ports[0], ports[1], ports[1], EtcdProgram.peer(NAME, ports[1]), VARIABLE, options);
        });
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line, for example {@code "--max-txn-ops=256"}; <code>{client}</code> in one stands for the URL at which
     *     clients are listened to, for an option that names more of them
     * @return a server that answers
     * @throws ServerFailedException if it is not installed or does not start
     */
    public static EtcdServer start(String... options) {
        return new EtcdServer(List.of(options));
    }

    @Override
    String uriOfNodes() {
        return "etcd://" + addresses(nodes());
    }
}
