// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One PostgreSQL with an empty data base {@code postgres}, whose superuser {@code postgres} needs no password. It does not wait for the
 * disk, which only a power cut would show. Variable: {@code HOLDFAST_TEST_POSTGRES=jdbc:postgresql://host:5432/base?user=...}.
 */
public final class PostgresServer extends SingleServer {
    private static final String VARIABLE = "HOLDFAST_TEST_POSTGRES";
    private static final int PROTOCOL_3 = 3 << 16;

    private PostgresServer(List<String> settings) {
        super(Product.POSTGRES, VARIABLE, () -> new Program(LoopbackPorts.free(1)[0], settings));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param settings of its configuration, for example {@code "fsync=on"}
     * @return a server that answers
     * @throws ServerFailedException if it is not installed or does not start
     */
    public static PostgresServer start(String... settings) {
        return new PostgresServer(List.of(settings));
    }

    @Override
    String uriOfNodes() {
        return "jdbc:postgresql://" + node().address() + "/postgres?user=postgres";
    }

    /** What a client without a password says first. */
    static byte[] startup() {
        byte[] names = "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(2 * Integer.BYTES + names.length)
                .putInt(2 * Integer.BYTES + names.length)
                .putInt(PROTOCOL_3)
                .put(names)
                .array();
    }

    private record Program(int port, List<String> settings) implements ServerProgram {
        @Override
        public Product product() {
            return Product.POSTGRES;
        }

        @Override
        public boolean refusesRoot() {
            return true;
        }

        /** At SIGTERM it would wait for its clients. */
        @Override
        public String stopSignal() {
            return "INT";
        }

        @Override
        public void prepare(Path data) throws IOException, InterruptedException {
            ServerHost.get()
                    .run(
                            List.of(
                                    program("initdb"),
                                    "--pgdata=" + data,
                                    "--username=postgres",
                                    "--auth=trust",
                                    "--encoding=UTF8",
                                    "--locale=C",
                                    "--no-sync"),
                            true,
                            data,
                            data.resolveSibling("log"));
        }

        @Override
        public List<String> command(Path data) {
            List<String> all = new ArrayList<>(List.of(
                    "listen_addresses=127.0.0.1",
                    "port=" + port,
                    // Neither files nor shared memory outside of its directory, which outlive a server that is killed.
                    "unix_socket_directories=",
                    "dynamic_shared_memory_type=mmap",
                    "fsync=off"));
            all.addAll(settings);
            List<String> line = new ArrayList<>(List.of(program("postgres"), "-D", data.toString()));
            all.forEach(setting -> line.addAll(List.of("-c", setting)));
            return line;
        }

        /** A connection without a password is accepted: until it has recovered it answers with an error. */
        @Override
        public boolean answers() throws IOException {
            return Exchange.firstAnswer(port, startup()).startsWith("R");
        }

        /** All of one version: a program on the PATH may be a link into its version's folder. */
        private String program(String name) {
            Path postgres =
                    Programs.find("postgres").orElseThrow(() -> product().missing("postgres", VARIABLE));
            try {
                return postgres.toRealPath().resolveSibling(name).toString();
            } catch (IOException e) {
                throw new ServerFailedException("cannot follow " + postgres, e);
            }
        }
    }
}
