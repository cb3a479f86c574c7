// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.util.Arrays;
import java.util.List;

/**
 * Five Redis servers that know nothing of each other, for Redlock. Each keeps its data over a restart. Variable: {@code
 * HOLDFAST_TEST_REDLOCK=redlock://h1:6379,...,h5:6379}.
 */
public final class RedisNodes extends ServerGroup {
    private static final String VARIABLE = "HOLDFAST_TEST_REDLOCK";
    private static final int COUNT = 5;

    private RedisNodes(List<String> options) {
        super(
                Product.REDIS,
                VARIABLE,
                () -> Arrays.stream(LoopbackPorts.free(COUNT))
                        .<ServerProgram>mapToObj(port -> new RedisProgram(port, VARIABLE, options))
                        .toList());
    }

    /**
     * Starts them, or finds those in the environment.
     *
     * @param options of the command line of each, for example {@code "--appendfsync", "always"}
     * @return servers that answer
     * @throws ServerFailedException if Redis is not installed or does not start
     */
    public static RedisNodes start(String... options) {
        return new RedisNodes(List.of(options));
    }

    @Override
    String uriOfNodes() {
        return "redlock://" + addresses(nodes());
    }
}
