// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.loopback;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of 127.0.0.1, below those that the kernel gives to outgoing connections. A port from that range may be taken while its
 * server is down, even by a client that tries to reach just this server: it then connects to itself.
 */
public final class LoopbackPorts {
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int FIRST = 12_000;
    private static final int USUAL_END = 32_768;

    /** Those that were given and not given back: their servers may be down for a while. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private LoopbackPorts() {}

    /**
     * The address 127.0.0.1 with a port.
     *
     * @param port 0 to 65535
     * @return the address, resolved without a name service
     */
    public static InetSocketAddress address(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    /**
     * Finds ports that nobody listens at now, and that this JVM did not find before, but for those that were given back. Another process may take
     * one before its user does, who then tries again with another.
     *
     * @param count how many different ones
     * @return the ports
     */
    public static int[] free(int count) {
        Set<Integer> ports = new TreeSet<>();
        int end = end();
        for (int tries = 0; ports.size() < count; tries++) {
            if (tries == 10_000) {
                throw new IllegalStateException("found no free port from " + FIRST + " to " + end + " on 127.0.0.1");
            }
            int port = ThreadLocalRandom.current().nextInt(FIRST, end);
            if (isFree(port) && GIVEN.add(port)) {
                ports.add(port);
            }
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Says that a port will not be listened at again.
     *
     * @param port one that was found by {@link #free}
     */
    public static void giveBack(int port) {
        GIVEN.remove(port);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address(port));
            return true;
        } catch (IOException e) {
            return false; // taken: that is the question
        }
    }

    private static int end() {
        try {
            if (Files.exists(EPHEMERAL)) {
                int lowest =
                        Integer.parseInt(Files.readString(EPHEMERAL).strip().split("\\s+", -1)[0]);
                if (lowest > FIRST + 1_000) {
                    return Math.min(lowest, USUAL_END);
                }
            }
        } catch (IOException e) {
            return USUAL_END; // not every container shows it
        }
        return USUAL_END;
    }
}
