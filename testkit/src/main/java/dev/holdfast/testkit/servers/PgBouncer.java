// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * PgBouncer in transaction mode before a {@link PostgresServer}: its clients share a few connections of the server's, each for one
 * transaction at a time. Left out together with PostgreSQL.
 */
public final class PgBouncer extends SingleServer {
    private PgBouncer(int postgresPort, int connections) {
        super(
                Product.POSTGRES,
                "HOLDFAST_TEST_PGBOUNCER",
                () -> new Program(LoopbackPorts.free(1)[0], postgresPort, connections));
    }

    /**
     * Starts it.
     *
     * @param postgres the server behind it, started here; may be left out
     * @param connections how many connections of the server's the clients share
     * @return a pooler that answers
     * @throws ServerFailedException if it is not installed or does not start
     */
    public static PgBouncer before(PostgresServer postgres, int connections) {
        return new PgBouncer(Product.POSTGRES.isLeftOut() ? 0 : postgres.port(), connections);
    }

    @Override
    String uriOfNodes() {
        return "jdbc:postgresql://" + node().address() + "/postgres?user=postgres";
    }

    private record Program(int port, int postgresPort, int connections) implements ServerProgram {
        @Override
        public Product product() {
            return Product.POSTGRES;
        }

        @Override
        public boolean refusesRoot() {
            return true;
        }

        @Override
        public String stopSignal() {
            return "INT";
        }

        @Override
        public void prepare(Path data) throws IOException {
            Files.write(
                    configuration(data),
                    List.of(
                            "[databases]",
                            "* = host=127.0.0.1 port=" + postgresPort + " user=postgres",
                            "[pgbouncer]",
                            "listen_addr = 127.0.0.1",
                            "listen_port = " + port,
                            "unix_socket_dir =",
                            "auth_type = any",
                            "pool_mode = transaction",
                            "default_pool_size = " + connections,
                            "max_client_conn = 300",
                            "ignore_startup_parameters = extra_float_digits"));
        }

        private static Path configuration(Path data) {
            return data.resolve("pgbouncer.ini");
        }

        @Override
        public List<String> command(Path data) {
            Path program = Programs.find("pgbouncer")
                    .orElseThrow(() -> new ServerFailedException("no pgbouncer was found. To install it: sudo apt-get"
                            + " install pgbouncer. Or leave its tests out on purpose with -D" + Product.SKIP
                            + "=postgres"));
            return List.of(program.toString(), configuration(data).toString());
        }

        @Override
        public boolean answers() throws IOException {
            return Exchange.firstAnswer(port, PostgresServer.startup()).startsWith("R");
        }
    }
}
