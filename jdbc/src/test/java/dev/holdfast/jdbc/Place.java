// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import dev.holdfast.testkit.servers.SingleServer;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A data base for tests.
 *
 * @param name of the product
 * @param uri where it is
 * @param server its server, or null if it is inside this process
 * @param restarting restarts it, with its data or without
 */
record Place(String name, String uri, @Nullable SingleServer server, Consumer<Boolean> restarting) {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    static Place of(PostgresServer server) {
        return new Place("postgresql", server.uri(), server, keepData -> restart(server, keepData));
    }

    static Place of(MariaDbServer server) {
        return new Place("mariadb", server.uri() + "&sslMode=disable", server, keepData -> restart(server, keepData));
    }

    private static void restart(SingleServer server, boolean keepData) {
        if (keepData) {
            server.restart();
        } else {
            server.restartEmpty();
        }
    }

    static Place h2InMemory() {
        String uri = "jdbc:h2:mem:test" + NUMBER.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
        return new Place("h2, memory", uri, null, keepData -> runAt(uri, "SHUTDOWN"));
    }

    static Place h2InFile(Path directory) {
        String uri = "jdbc:h2:file:" + directory.resolve("test" + NUMBER.incrementAndGet()) + ";AUTO_SERVER=TRUE";
        return new Place("h2, file", uri, null, keepData -> {
            runAt(uri, "SHUTDOWN");
            if (!keepData) {
                delete(directory);
            }
        });
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    boolean isH2() {
        return server == null;
    }

    /** The same through another address. */
    String uri(InetSocketAddress address) {
        return server == null ? uri : uri.replace(server.address(), address.getHostString() + ":" + address.getPort());
    }

    String uri(String parameters) {
        return uri + (uri.indexOf('?') < 0 ? "?" : "&") + parameters;
    }

    @Nullable
    FaultProxy proxy() {
        return server == null ? null : FaultProxy.start(server.socketAddress(), FrameCounter::chunks);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(uri);
    }

    void run(String... statements) {
        runAt(uri, statements);
    }

    private static void runAt(String uri, String... statements) {
        try (Connection connection = DriverManager.getConnection(uri);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            // SHUTDOWN ends the connection that it came on.
            if (!List.of(statements).contains("SHUTDOWN")) {
                throw new IllegalStateException(String.join("; ", statements) + ": " + e.getMessage(), e);
            }
        }
    }
}
