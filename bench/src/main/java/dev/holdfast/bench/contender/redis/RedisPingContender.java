// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import io.lettuce.core.api.sync.RedisCommands;

/** No lock: a PING for the acquisition and one for the release, which is the floor for every lock on one Redis. */
public final class RedisPingContender extends RedisContender {
    /** For the ServiceLoader. */
    public RedisPingContender() {
        super("redis-ping", "no lock but two PINGs, through the driver that this project uses: the floor on one Redis");
    }

    @Override
    public boolean excludesProcesses(String place) {
        return false;
    }

    @Override
    public boolean excludesThreads() {
        return false;
    }

    @Override
    public Session open(String place) {
        return new LettuceSession(place) {
            @Override
            public Held acquire(String name) {
                RedisCommands<String, String> commands = commands();
                commands.ping();
                return commands::ping;
            }
        };
    }
}
