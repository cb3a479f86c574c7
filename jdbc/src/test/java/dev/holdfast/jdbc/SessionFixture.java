// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A server whose connections hold locks, for one case of the suites: without the fence at the start. */
final class SessionFixture implements StoreFixture {
    /** With this MariaDB tells of all locks that are held, which no client of ours asks for. */
    static final String TELLING = "--plugin-load-add=metadata_lock_info";

    private static final String PARAMETERS = "&mode=session&session-timeout=2s";

    private final Place place;
    private final boolean maria;
    private final Deque<JdbcLink> links = new ArrayDeque<>();

    SessionFixture(Place place) {
        this.place = place;
        maria = place.name().equals("mariadb");
        place.run("DROP SEQUENCE IF EXISTS holdfast_lock_fence");
        awaitOldServer();
    }

    /** After a restart nothing is granted for a session's time, which no case expects at its start. */
    private void awaitOldServer() {
        String uptime = maria
                ? "SELECT VARIABLE_VALUE - 1 FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME'"
                : "SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())";
        while (Double.parseDouble(ask(uptime).iterator().next()) < 2.2) {
            Stage.pause(100);
        }
    }

    @Override
    public String name() {
        return place.name() + ", sessions";
    }

    @Override
    public int many() {
        return 2_000;
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.LEASES, "A lock ends with the connection that its client keeps for all of them.");
        lacks.put(
                Capability.LINE,
                "The line of the server's own is for those who block a connection each; clients that wait try when it is free.");
        lacks.put(Capability.DEMAND, "The holder does not ask who else looks at his lock.");
        lacks.put(
                Capability.LOST_REPLY,
                "A reply is lost with its connection only, and with that its locks; this has a test of its own.");
        lacks.put(Capability.DUPLICATE, "Requests come over one connection, which repeats nothing.");
        lacks.put(
                Capability.REMOVAL,
                "A lock has no record: an operator can end its connection, and with it all locks of the client.");
        lacks.put(Capability.PURGE, "Nothing is kept about a lock that nobody holds.");
        lacks.put(Capability.FOREIGN_RECORD, "A lock is a number or a hash: nothing else can be in its place.");
        lacks.put(Capability.LIST, "The server knows numbers or hashes in place of names.");
        lacks.put(
                Capability.MANY_LEASES,
                "One connection takes one lock after the other: ten thousand take longer than the case waits, and PostgreSQL"
                        + " has room for hardly more.");
        String forced = "The server ends connections, not single locks.";
        lacks.put(Capability.FORCE_RELEASE, forced);
        lacks.put(Capability.FORCE_RELEASE_NOW, forced);
        if (maria) {
            lacks.put(Capability.INSPECT, "The server tells which connection holds a lock, and not for whom.");
            lacks.put(Capability.LOST_PUSH, "The server pushes nothing.");
        }
        return lacks;
    }

    @Override
    public StoreLink connect() {
        SessionLink link = new SessionLink(place, PARAMETERS);
        links.push(link);
        return link;
    }

    @Override
    public String uri() {
        return place.uri() + PARAMETERS;
    }

    @Override
    public Duration leaseTime() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration callTimeout() {
        return Duration.ofMillis(600);
    }

    @Override
    public Set<String> residue() {
        return ask(
                maria
                        ? "SELECT CONCAT(TABLE_SCHEMA, ' is held by ', THREAD_ID) FROM information_schema.METADATA_LOCK_INFO"
                                + " WHERE LOCK_TYPE = 'User lock'"
                        : "SELECT classid || ' ' || objid || ' is held by ' || pid FROM pg_locks WHERE locktype = 'advisory'");
    }

    private Set<String> ask(String sql) {
        Set<String> values = new TreeSet<>();
        try (Connection connection = place.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void restart(boolean keepData) {
        place.restarting().accept(keepData);
    }

    @Override
    public void close() {
        links.forEach(JdbcLink::close);
    }
}
