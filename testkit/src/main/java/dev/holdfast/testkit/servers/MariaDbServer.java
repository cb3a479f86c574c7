// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One MariaDB with an empty data base {@code test}, whose user {@code root} needs no password. It does not wait for the disk, which only a
 * power cut would show. Variable: {@code HOLDFAST_TEST_MARIADB=jdbc:mariadb://host:3306/base?user=...}.
 */
public final class MariaDbServer extends SingleServer {
    private static final String VARIABLE = "HOLDFAST_TEST_MARIADB";

    private MariaDbServer(List<String> options) {
        super(Product.MARIADB, VARIABLE, () -> new Program(LoopbackPorts.free(1)[0], options));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line, for example {@code "--max-connections=50"}
     * @return a server that answers
     * @throws ServerFailedException if it is not installed or does not start
     */
    public static MariaDbServer start(String... options) {
        return new MariaDbServer(List.of(options));
    }

    @Override
    String uriOfNodes() {
        return "jdbc:mariadb://" + node().address() + "/test?user=root";
    }

    private record Program(int port, List<String> options) implements ServerProgram {
        private static final int PROTOCOL = 10;

        @Override
        public Product product() {
            return Product.MARIADB;
        }

        @Override
        public boolean refusesRoot() {
            return true;
        }

        @Override
        public void prepare(Path data) throws IOException, InterruptedException {
            ServerHost.get()
                    .run(
                            List.of(
                                    program("mariadb-install-db"),
                                    "--no-defaults",
                                    "--datadir=" + data,
                                    // Its own, for two that begin at once take each other's tables away.
                                    "--tmpdir=" + data,
                                    "--auth-root-authentication-method=normal",
                                    "--skip-name-resolve",
                                    "--force",
                                    // Written once, and never read by a test.
                                    "--innodb-log-file-size=8M",
                                    "--innodb-flush-method=nosync"),
                            true,
                            data,
                            data.resolveSibling("log"));
        }

        @Override
        public List<String> command(Path data) {
            List<String> line = new ArrayList<>(List.of(
                    program("mariadbd"),
                    "--no-defaults",
                    "--datadir=" + data,
                    "--tmpdir=" + data,
                    "--bind-address=127.0.0.1",
                    "--port=" + port,
                    "--socket=" + data.resolve("s"),
                    "--pid-file=" + data.resolve("pid"),
                    "--skip-name-resolve",
                    "--innodb-log-file-size=8M",
                    "--innodb-buffer-pool-size=64M",
                    "--innodb-flush-log-at-trx-commit=2"));
            line.addAll(options);
            return line;
        }

        /** It greets first, when it is ready, with the version of its protocol after four bytes of length and number. */
        @Override
        public boolean answers() throws IOException {
            String greeting = Exchange.firstAnswer(port, "");
            return greeting.length() > 4 && greeting.charAt(4) == PROTOCOL;
        }

        private String program(String name) {
            return Programs.find(name)
                    .orElseThrow(() -> product().missing(name, VARIABLE))
                    .toString();
        }
    }
}
