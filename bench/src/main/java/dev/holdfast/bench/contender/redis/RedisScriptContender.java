// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import io.lettuce.core.ScriptOutputType;

/** No lock: a script that does nothing for the acquisition and one for the release, the floor for every lock that is a script. */
public final class RedisScriptContender extends RedisContender {
    /** For the ServiceLoader. */
    public RedisScriptContender() {
        super("redis-script", "no lock but two scripts that do nothing: the floor of every lock made of scripts");
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
            private final String script = commands().scriptLoad("return 1");

            @Override
            public Held acquire(String name) {
                run(name);
                return () -> run(name);
            }

            private void run(String name) {
                Long done = commands().evalsha(script, ScriptOutputType.INTEGER, name);
                if (done != 1) {
                    throw new IllegalStateException("The script said " + done);
                }
            }
        };
    }
}
