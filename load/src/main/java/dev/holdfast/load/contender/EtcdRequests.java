// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;

/** Asks an etcd what it was asked. */
public final class EtcdRequests {
    private static final String RECEIVED = "grpc_server_msg_received_total{";

    private static final int TIMEOUT_MILLIS = 2_000;

    private EtcdRequests() {}

    /**
     * How many messages of clients an etcd has received, those on streams too.
     *
     * @param place its URI; parameters are left out
     * @return the number since its start
     * @throws IOException if it does not say
     */
    public static long served(String place) throws IOException {
        URI uri = URI.create(place);
        URI metrics =
                URI.create("http://" + uri.getHost() + ":" + (uri.getPort() < 0 ? 2379 : uri.getPort()) + "/metrics");
        URLConnection connection = metrics.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream answer = connection.getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(RECEIVED))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }
}
