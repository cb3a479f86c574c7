// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.util.List;

/**
 * One Redis, which keeps its data over a restart (append-only file, written to the disk every second). Variable: {@code
 * HOLDFAST_TEST_REDIS=redis://host:6379}.
 */
public final class RedisServer extends SingleServer {
    private static final String VARIABLE = "HOLDFAST_TEST_REDIS";

    private RedisServer(List<String> options) {
        super(Product.REDIS, VARIABLE, () -> new RedisProgram(LoopbackPorts.free(1)[0], VARIABLE, options));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line, for example {@code "--appendfsync", "always"}
     * @return a server that answers
     * @throws ServerFailedException if it is not installed or does not start
     */
    public static RedisServer start(String... options) {
        return new RedisServer(List.of(options));
    }

    @Override
    String uriOfNodes() {
        return "redis://" + addresses(nodes());
    }
}
