// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks a ZooKeeper what it was asked. */
public final class ZooKeeperRequests {
    private static final String PACKETS = "zk_packets_received\t";

    private static final int TIMEOUT_MILLIS = 2_000;

    private ZooKeeperRequests() {}

    /**
     * How many packets of clients a ZooKeeper has received.
     *
     * @param place its URI
     * @return the number since its start
     * @throws IOException if it does not say
     */
    public static long served(String place) throws IOException {
        URI uri = URI.create(place);
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 2181 : uri.getPort()), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write("mntr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith(PACKETS))
                    .mapToLong(line -> Long.parseLong(line.substring(PACKETS.length())))
                    .findFirst()
                    .orElseThrow(() -> new IOException("it does not answer to mntr"));
        }
    }
}
