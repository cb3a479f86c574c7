// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.Set;

/** Asks a Redis what it was asked. */
public final class RedisRequests {
    /**
     * What a client sends, and no script runs: Redis counts the commands inside a script too, and those are none of the network's. A DEL that a
     * client sends is so left out, in favour of Redisson.
     */
    private static final Set<String> SENT = Set.of(
            "evalsha",
            "eval",
            "script|load",
            "subscribe",
            "unsubscribe",
            "psubscribe",
            "punsubscribe",
            "ssubscribe",
            "sunsubscribe",
            "wait",
            "ping");

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private RedisRequests() {}

    /**
     * How many requests a Redis has served.
     *
     * @param place its URI; parameters are left out
     * @return the number since its start
     */
    public static long served(String place) {
        RedisURI uri = uri(place);
        uri.setTimeout(TIMEOUT);
        RedisClient client = RedisClient.create(uri);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return connection
                    .sync()
                    .info("commandstats")
                    .lines()
                    .filter(line -> line.startsWith("cmdstat_") && SENT.contains(command(line)))
                    .mapToLong(RedisRequests::calls)
                    .sum();
        } finally {
            client.shutdown();
        }
    }

    /**
     * A client of it.
     *
     * @param place its URI; parameters are left out
     * @return the client, to be shut down
     */
    public static RedisClient connect(String place) {
        return RedisClient.create(uri(place));
    }

    private static RedisURI uri(String place) {
        int parameters = place.indexOf('?');
        return RedisURI.create(parameters < 0 ? place : place.substring(0, parameters));
    }

    private static String command(String line) {
        return line.substring("cmdstat_".length(), line.indexOf(':'));
    }

    private static long calls(String line) {
        int start = line.indexOf("calls=") + "calls=".length();
        return Long.parseLong(line.substring(start, line.indexOf(',', start)));
    }
}
