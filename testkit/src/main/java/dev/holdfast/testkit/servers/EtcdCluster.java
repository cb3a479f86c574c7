// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
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

    private EtcdCluster(List<String> options, MemberRoute route) {
        super(Product.ETCD, VARIABLE, () -> members(options, route));
    }

    /** By which port the others reach a member: a test puts a proxy before it. All of them take the same way, as etcd wants it. */
    @FunctionalInterface
    public interface MemberRoute {
        /**
         * The way to a member. Called for each in turn before they start, and for all of them again if somebody took a port meanwhile.
         *
         * @param member its place in {@link #nodes()}
         * @param port where it listens to the others, on 127.0.0.1
         * @return the port of 127.0.0.1 to connect to instead
         */
        int portTo(int member, int port);
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line of each member
     * @return a cluster that has a leader
     * @throws ServerFailedException if etcd is not installed or does not start
     */
    public static EtcdCluster start(String... options) {
        return new EtcdCluster(List.of(options), (member, port) -> port);
    }

    /**
     * Starts it with a way of the test's own to each member. What one member tells another goes over a connection that the other one
     * opened, while it works: a black hole before a member first of all swallows what this member says. It still hears most of the others.
     *
     * @param route by which ports the others reach a member
     * @param options of the command line of each member
     * @return a cluster that has a leader
     * @throws ServerFailedException if etcd is not installed or does not start
     */
    public static EtcdCluster startVia(MemberRoute route, String... options) {
        return new EtcdCluster(List.of(options), route);
    }

    @Override
    String uriOfNodes() {
        return "etcd://" + addresses(nodes());
    }

    private static List<ServerProgram> members(List<String> options, MemberRoute route) {
        int[] ports = LoopbackPorts.free(2 * MEMBERS);
        int[] advertised = IntStream.range(0, MEMBERS)
                .map(i -> route.portTo(i, ports[MEMBERS + i]))
                .toArray();
        String cluster = IntStream.range(0, MEMBERS)
                .mapToObj(i -> EtcdProgram.peer("member" + i, advertised[i]))
                .collect(Collectors.joining(","));
        List<ServerProgram> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new EtcdProgram(
                    "member" + i, ports[i], ports[MEMBERS + i], advertised[i], cluster, VARIABLE, options));
        }
        return members;
    }
}
