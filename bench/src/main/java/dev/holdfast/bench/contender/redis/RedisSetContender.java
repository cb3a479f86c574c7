// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What many programs write themselves: SET NX PX, tried every 20 ms, and a script that deletes the key if it is still theirs. */
public final class RedisSetContender extends RedisContender {
    private static final String RELEASE =
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

    /** For the ServiceLoader. */
    public RedisSetContender() {
        super("redis-set", "SET NX PX, tried every 20 ms, and a script that compares and deletes");
    }

    @Override
    public Session open(String place) {
        return new Keys(place);
    }

    private static final class Keys extends LettuceSession {
        private final String script = commands().scriptLoad(RELEASE);

        Keys(String place) {
            super(place);
        }

        @Override
        public Held acquire(String name) throws InterruptedException {
            RedisCommands<String, String> commands = commands();
            String value = UUID.randomUUID().toString();
            while (commands.set(name, value, SetArgs.Builder.nx().px(30_000)) == null) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return () -> commands.evalsha(script, ScriptOutputType.INTEGER, new String[] {name}, value);
        }
    }
}
