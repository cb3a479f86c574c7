// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Clients, processes, proxies and an operator on one data base, without the table at the start. */
final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Place place;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Stage(Place place) {
        this.place = place;
        place.run("DROP TABLE IF EXISTS holdfast_lock");
    }

    Place place() {
        return place;
    }

    Holdfast client(String parameters) {
        return opened(Holdfast.open(place.uri(parameters)));
    }

    Holdfast client() {
        return client("lease-time=10s");
    }

    Holdfast client(DataSource pool, JdbcOptions options) {
        return opened(Holdfast.builder().backend(new JdbcBackend(pool, options)).open());
    }

    FaultProxy proxy() {
        return opened(Objects.requireNonNull(place.proxy()));
    }

    Holdfast clientBehind(FaultProxy proxy, String parameters) {
        return opened(Holdfast.open(
                new Place(place.name(), place.uri(proxy.address()), null, keepData -> {}).uri(parameters)));
    }

    WorkerProcess process(String parameters) throws IOException {
        return opened(LockWorker.start(place.uri(parameters)));
    }

    Connection connection() throws SQLException {
        return opened(place.connect());
    }

    <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    static Lease take(Holdfast client, String name) {
        Lease lease = client.lock(name).tryAcquire();
        assertThat(lease).as("lease of the free lock %s", name).isNotNull();
        return lease;
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis * 1_000_000; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** The first column of what an operator asks. */
    List<String> ask(String sql) {
        try (Connection connection = place.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
