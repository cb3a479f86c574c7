// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One memcached. It keeps nothing over a restart. Variable: {@code HOLDFAST_TEST_MEMCACHED=memcached://host:11211}. */
public final class MemcachedServer extends SingleServer {
    private static final String VARIABLE = "HOLDFAST_TEST_MEMCACHED";

    private MemcachedServer(List<String> options) {
        super(Product.MEMCACHED, VARIABLE, () -> new Program(LoopbackPorts.free(1)[0], options));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line, for example {@code "-m", "16"}; with {@code -Z} (TLS) or {@code -Y} (logins) the files that they name
     *     must be readable by everybody, because the server may run as nobody
     * @return a server that answers, or listens if it encrypts
     * @throws ServerFailedException if it is not installed or does not start
     */
    public static MemcachedServer start(String... options) {
        return new MemcachedServer(List.of(options));
    }

    @Override
    String uriOfNodes() {
        return "memcached://" + addresses(nodes());
    }

    private record Program(int port, List<String> options) implements ServerProgram {
        @Override
        public Product product() {
            return Product.MEMCACHED;
        }

        @Override
        public boolean refusesRoot() {
            return true;
        }

        @Override
        public List<String> command(Path data) {
            Path memcached =
                    Programs.find("memcached").orElseThrow(() -> product().missing("memcached", VARIABLE));
            List<String> line = new ArrayList<>(List.of(memcached.toString(), "-l", "127.0.0.1", "-U", "0"));
            line.addAll(List.of("-p", Integer.toString(port)));
            line.addAll(options);
            return line;
        }

        @Override
        public boolean answers() throws IOException {
            if (options.contains("-Z")) {
                return true; // It listens, and what it says would be encrypted.
            }
            String answer = Exchange.firstAnswer(port, "version\r\n");
            return answer.startsWith("VERSION") || answer.startsWith("CLIENT_ERROR unauthenticated");
        }
    }
}
