// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A data base for one case of the suites: without the table at the start, with a gate and a proxy before each client. */
final class JdbcFixture implements StoreFixture {
    private static final String NO_NETWORK = "It is inside this process: nothing can get lost or late on the way.";

    private final Place place;
    private final Map<Capability, String> lacks = new EnumMap<>(Capability.class);
    private final Deque<JdbcLink> links = new ArrayDeque<>();

    JdbcFixture(Place place) {
        this.place = place;
        place.run("DROP TABLE IF EXISTS holdfast_lock");
        lacks.put(
                Capability.LINE,
                "A row tells who has the lock, and not who came first; clients that wait try when it is free.");
        lacks.put(Capability.DEMAND, "The holder does not look at his row between renewals.");
        lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        lacks.put(
                Capability.FOREIGN_RECORD,
                "A row of the table is a lock; a table of another shape is refused at the start.");
        if (!place.name().equals("postgresql")) {
            lacks.put(Capability.LOST_PUSH, "The server pushes nothing.");
        }
        if (place.isH2()) {
            lacks.put(Capability.SILENCE, NO_NETWORK);
            lacks.put(Capability.STALL, NO_NETWORK);
        }
        if (place.name().equals("h2, memory")) {
            lacks.put(Capability.PROCESSES, "It is in the memory of one process.");
            lacks.put(Capability.RESTART, "What is in memory does not outlive its process.");
        }
    }

    @Override
    public String name() {
        return place.name();
    }

    @Override
    public int many() {
        return 2_000;
    }

    @Override
    public Map<Capability, String> lacks() {
        return lacks;
    }

    @Override
    public StoreLink connect() {
        JdbcLink link = new JdbcLink(place);
        links.push(link);
        return link;
    }

    @Override
    public String uri() {
        return place.uri("lease-time=2s");
    }

    /** H2 does all of its work in this process, which a busy machine may hold up. */
    @Override
    public Duration callTimeout() {
        return Duration.ofMillis(place.isH2() ? 1_500 : 600);
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(place.isH2() ? 45 : 15);
    }

    @Override
    public Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        try (Connection connection = place.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT name, owner FROM holdfast_lock WHERE expires_us > " + now());
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                residue.add(rows.getString(1) + " is held by " + rows.getString(2));
            }
        } catch (SQLException e) {
            if (FaultKind.of(e) != FaultKind.NO_TABLE) {
                throw new IllegalStateException(e);
            }
        }
        return residue;
    }

    private String now() {
        return switch (place.name()) {
            case "postgresql" -> new PostgresDialect("holdfast_lock", true).now();
            case "mariadb" -> new MariaDbDialect("holdfast_lock", "MariaDB").now();
            default -> new H2Dialect("holdfast_lock").now();
        };
    }

    @Override
    public void remove(String lockName) {
        place.run("DELETE FROM holdfast_lock WHERE name = '" + lockName + "'");
    }

    @Override
    public void purge(String lockName) {
        remove(lockName);
    }

    @Override
    public void restart(boolean keepData) {
        place.restarting().accept(keepData);
    }

    @Override
    public void close() {
        links.forEach(JdbcLink::close);
        if (place.isH2()) {
            place.run("SHUTDOWN");
        }
    }
}
