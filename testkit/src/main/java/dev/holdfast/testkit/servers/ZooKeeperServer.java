// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.util.List;
import java.util.OptionalInt;

/**
 * One ZooKeeper on its own, which keeps its data over a restart. A tick is 500 ms, so that sessions last from 1 s to 10 s. The class path
 * must have {@code org.apache.zookeeper:zookeeper}, {@code io.dropwizard.metrics:metrics-core}, {@code org.xerial.snappy:snappy-java} and a
 * logger for SLF4J. Variable: {@code
 * HOLDFAST_TEST_ZOOKEEPER=zookeeper://host:2181}.
 */
public final class ZooKeeperServer extends SingleServer {
    private static final String VARIABLE = "HOLDFAST_TEST_ZOOKEEPER";

    private ZooKeeperServer(List<String> settings) {
        super(
                Product.ZOOKEEPER,
                VARIABLE,
                () -> new ZooKeeperProgram(
                        LoopbackPorts.free(1)[0], OptionalInt.empty(), List.of(), VARIABLE, settings));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param settings lines of its configuration, which win over ours, for example {@code "tickTime=2000"}; what begins with {@code -D} goes
     *     to the command line of its JVM
     * @return a server that answers
     * @throws ServerFailedException if it is not on the class path or does not start
     */
    public static ZooKeeperServer start(String... settings) {
        return new ZooKeeperServer(List.of(settings));
    }

    @Override
    String uriOfNodes() {
        return "zookeeper://" + addresses(nodes());
    }
}
