// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LockInfo;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.KeySpace;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Locks in a SQL data base: PostgreSQL 12, MariaDB, MySQL 8, H2 2 and later. An uncontended lock costs one statement to take and one to release,
 * each in a transaction of its own, and all leases of a client are renewed in one. Requests never run on the caller's thread, so they are never part of
 * his transaction.
 *
 * <p>Either from a {@link DataSource}, of which connections are borrowed for one request at a time, or by a {@code jdbc:} URI with a driver on the
 * class path; the parameters are on the page about SQL in the documentation.
 */
public final class JdbcBackend implements LockBackend {
    private static final int LONGEST_KEY = 150;
    private static final Duration LONGEST_LEASE = Duration.ofDays(3_650);
    private static final Map<String, String> DRIVERS = Map.of(
            "jdbc:postgresql", "org.postgresql:postgresql",
            "jdbc:mariadb", "org.mariadb.jdbc:mariadb-java-client",
            "jdbc:mysql", "com.mysql:mysql-connector-j",
            "jdbc:h2", "com.h2database:h2");

    private final Supplier<ConnectionSource> connections;
    private final String where;
    private final JdbcOptions options;
    private volatile @Nullable Opened opened;

    private record Opened(
            Database database,
            Database renewing,
            Lanes lanes,
            Requests requests,
            Poller poller,
            @Nullable Listener listener,
            @Nullable Doorbell doorbell) {}

    /**
     * A backend on connections of the caller's pool, with the default options. Does no I/O.
     *
     * @param dataSource where connections come from; not closed with the client
     */
    public JdbcBackend(DataSource dataSource) {
        this(dataSource, JdbcOptions.defaults());
    }

    /**
     * A backend on connections of the caller's pool. Does no I/O.
     *
     * @param dataSource where connections come from; not closed with the client
     * @param options how locks are kept
     */
    public JdbcBackend(DataSource dataSource, JdbcOptions options) {
        Objects.requireNonNull(dataSource, "dataSource");
        this.options = Objects.requireNonNull(options, "options");
        this.connections = () -> new PooledSource(dataSource);
        this.where = "the DataSource " + dataSource.getClass().getName();
    }

    private JdbcBackend(BackendUri uri, JdbcOptions options) {
        this.options = options;
        this.where = uri.toString();
        String scheme = uri.scheme();
        String url = uri.driverUrl();
        this.connections = () -> new DriverSource(driver(scheme, url), scheme, url, where);
    }

    /** On connections of a driver that is given, for tests. */
    JdbcBackend(Driver driver, String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        this.options = JdbcOptions.of(parsed);
        this.where = parsed.toString();
        this.connections = () -> new DriverSource(driver, parsed.scheme(), parsed.driverUrl(), where);
    }

    /**
     * A backend that is not opened yet. Does no I/O.
     *
     * @param uri the URI; what is not a parameter of this backend is left to the driver
     * @return the backend
     * @throws IllegalArgumentException if the URI is wrong
     */
    public static JdbcBackend of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        JdbcBackend backend = of(parsed);
        parsed.rejectUnknown();
        return backend;
    }

    static JdbcBackend of(BackendUri uri) {
        return new JdbcBackend(uri, JdbcOptions.of(uri));
    }

    private Driver driver(String scheme, String url) {
        try {
            return DriverManager.getDriver(url);
        } catch (SQLException e) {
            throw Faults.fatal(
                    null,
                    "No JDBC driver for " + where + " is here: add " + DRIVERS.get(scheme)
                            + " to the class path, for the" + " command with HOLDFAST_CLASSPATH=/path/to.jar",
                    e);
        }
    }

    @Override
    public String id() {
        return Faults.ID;
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        boolean inSessions = options.mode() == JdbcOptions.Mode.SESSION;
        Faults faults = new Faults(where, inSessions ? SessionOpening.fence(options) : options.table());
        ConnectionSource source = connections.get();
        Opening.Found found;
        try {
            found = new Opening(source, options, faults).within(timeout);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
        Database database = new Database(source, found.dialect(), faults, options.createTable());
        Lanes lanes = new Lanes(options.connections());
        Listener listener = found.spare() > 1 && found.dialect() instanceof PostgresDialect postgres
                ? new Listener(database, postgres)
                : null;
        BooleanSupplier pushes = listener == null ? () -> false : listener::isReady;
        Doorbell doorbell = options.doorbell() && found.spare() > 2
                ? new Doorbell(source, options.table(), found.spare() - 2)
                : null;
        Poller poller = new Poller(database, pushes, key -> doorbell != null && doorbell.rings(key));
        Waiters waiters = new Waiters(events, arrived -> {
            poller.stir(arrived);
            if (listener != null) {
                listener.stir(arrived);
            }
            if (doorbell != null) {
                doorbell.stir(arrived);
            }
        });
        ConnectionSource forRenewals =
                source instanceof PooledSource && found.spare() > 0 ? new KeptSource(source) : source;
        Database renewing = new Database(forRenewals, found.dialect(), faults, options.createTable());
        Requests requests = inSessions
                ? SessionOpening.locks(database, options, lanes, waiters, events)
                : new RowLocks(
                        new Asking(database, renewing, lanes, waiters, pushes, doorbell),
                        new Questions(database, lanes));
        opened = new Opened(database, renewing, lanes, requests, poller, listener, doorbell);
        return Deployment.of(found.tier(), inSessions ? Deployment.Expiry.SESSION : Deployment.Expiry.PER_LOCK)
                .withKeySpace(KeySpace.of(KeySpace.PORTABLE, LONGEST_KEY))
                .withLeases(
                        inSessions ? SessionOpening.lease(found.dialect(), options) : Duration.ZERO,
                        inSessions ? Duration.ofSeconds(Long.MAX_VALUE) : LONGEST_LEASE);
    }

    private Requests opened() {
        return Objects.requireNonNull(opened, "not opened").requests;
    }

    /** The connection that holds this client's locks, or null; for tests. */
    @Nullable
    HoldingSession holding() {
        return opened() instanceof SessionLocks locks ? locks.session() : null;
    }

    @Override
    public void acquire(Claim claim) {
        opened().acquire(claim);
    }

    @Override
    public void withdraw(Claim claim) {
        opened().leave(claim);
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        opened().leave(claim);
    }

    @Override
    public void renew(List<Claim> claims) {
        opened().renew(claims);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        opened().releaseAll(claims, giveUpNanos);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return opened().inspect(key);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Read in pages in the order of the keys; a lock that is taken or released meanwhile may be missing.
     */
    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return opened().list(prefix, cursor);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return opened().forceRelease(key, now);
    }

    @Override
    public void close() {
        Opened last = opened;
        if (last != null) {
            last.requests.close();
            last.poller.close();
            if (last.listener != null) {
                last.listener.close();
            }
            if (last.doorbell != null) {
                last.doorbell.close();
            }
            last.lanes.close();
            last.renewing.source().close();
            last.database.source().close();
        }
    }
}
