// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.load.contender.RedisRequests;
import dev.holdfast.load.contender.Session;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;

/** One connection, through the driver that this project uses too. */
abstract class LettuceSession implements Session {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    LettuceSession(String place) {
        client = RedisRequests.connect(place);
        connection = client.connect();
    }

    final RedisCommands<String, String> commands() {
        return connection.sync();
    }

    @Override
    public final void close() {
        connection.close();
        client.shutdown();
    }
}
