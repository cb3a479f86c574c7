// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.memcached;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.io.IOException;

/** No lock: a command that does nothing for the acquisition and one for the release, on a plain socket. */
public final class MemcachedPingContender extends MemcachedContender {
    /** For the ServiceLoader. */
    public MemcachedPingContender() {
        super("memcached-ping", "no lock but two `version` on a plain socket: the floor on one memcached");
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
        return new Lines(place) {
            @Override
            public Held acquire(String name) throws IOException {
                ping();
                return this::ping;
            }

            private void ping() throws IOException {
                String answer = ask("version");
                if (!answer.startsWith("VERSION")) {
                    throw new IOException("memcached said " + answer);
                }
            }
        };
    }
}
