// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.memcached;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What many programs write themselves, at its cheapest: add, tried every 20 ms, and a delete without a look whose lock it is. */
public final class MemcachedAddContender extends MemcachedContender {
    /** For the ServiceLoader. */
    public MemcachedAddContender() {
        super("memcached-add", "add, tried every 20 ms, and a blind delete");
    }

    @Override
    public Session open(String place) {
        return new Lines(place) {
            @Override
            public Held acquire(String name) throws IOException, InterruptedException {
                while (!isTaken(name)) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                return () -> expect("DELETED", ask("delete " + name));
            }

            private boolean isTaken(String name) throws IOException {
                String answer = ask("add " + name + " 0 30 1\r\nx");
                return answer.equals("STORED") || !expect("NOT_STORED", answer);
            }

            private boolean expect(String expected, String answer) throws IOException {
                if (!answer.equals(expected)) {
                    throw new IOException("memcached said " + answer);
                }
                return true;
            }
        };
    }
}
