// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import dev.holdfast.load.contender.Contender;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.testkit.servers.PostgresServer;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.testkit.servers.SingleServer;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The servers of a comparison: each is started when a place first asks for it, shared by all that do, and ended at the end. */
final class Stores implements AutoCloseable {
    /** A server, and whose locks are compared on it, the baseline first. What is compared is the locks, so none needs to wait for the disk. */
    enum Store {
        REDIS(
                Contender.REDIS,
                () -> RedisServer.start("--appendonly", "no", "--save", ""),
                "redisson",
                "holdfast@redis://" + Contender.REDIS,
                "redisson-fair",
                "spring-redis",
                "redis-set"),
        ZOOKEEPER(
                Contender.ZOOKEEPER,
                () -> ZooKeeperServer.start("tickTime=2000", "forceSync=no"),
                "curator",
                "holdfast@zookeeper://" + Contender.ZOOKEEPER),
        /** It cannot be told not to wait for the disk. */
        ETCD(Contender.ETCD, EtcdServer::start, "jetcd", "holdfast@etcd://" + Contender.ETCD),
        MEMCACHED(
                Contender.MEMCACHED,
                () -> MemcachedServer.start("-o", "temporary_ttl=3600"),
                "memcached-add",
                "holdfast@memcached://" + Contender.MEMCACHED),
        POSTGRESQL(
                Contender.POSTGRESQL,
                () -> PostgresServer.start("max_connections=300"),
                "spring-jdbc@" + Contender.POSTGRESQL,
                "holdfast@" + Contender.POSTGRESQL,
                "sql-lock@" + Contender.POSTGRESQL,
                "shedlock@" + Contender.POSTGRESQL),
        MARIADB(
                Contender.MARIADB,
                () -> MariaDbServer.start("--max-connections=300"),
                "spring-jdbc@" + Contender.MARIADB,
                "holdfast@" + Contender.MARIADB,
                "sql-lock@" + Contender.MARIADB,
                "shedlock@" + Contender.MARIADB);

        private final String address;

        @SuppressWarnings("ImmutableEnumChecker") // it has no state
        private final Supplier<SingleServer> start;

        @SuppressWarnings("ImmutableEnumChecker") // nor can a list of List.of be changed
        private final List<String> contenders;

        Store(String address, Supplier<SingleServer> start, String... contenders) {
            this.address = address;
            this.start = start;
            this.contenders = List.of(contenders);
        }

        List<String> contenders() {
            return contenders;
        }

        /** What is put into a place: of a data base a whole URL, because it names the user too. */
        private String found(Running running) {
            SingleServer server = running.server;
            return this == POSTGRESQL || this == MARIADB
                    ? server.uri().replace(server.address(), running.address())
                    : running.address();
        }

        private boolean isIn(String place) {
            return place.contains(address);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A server, and what stands between it and the contenders. */
    private record Running(SingleServer server, @Nullable FaultProxy proxy) implements AutoCloseable {
        String address() {
            return proxy == null ? server.address() : "127.0.0.1:" + proxy.port();
        }

        @Override
        public void close() {
            if (proxy != null) {
                proxy.close();
            }
            server.close();
        }
    }

    private final Duration delay;
    private final Map<Store, Running> running = new EnumMap<>(Store.class);

    /** With a delay of every packet to a server and of every packet back, as a network between them would have. */
    Stores(Duration delay) {
        this.delay = delay;
    }

    /** Whether a place is on a server that is started here. */
    static boolean serve(String place) {
        return Arrays.stream(Store.values()).anyMatch(store -> store.isIn(place));
    }

    /** A place with the addresses of the servers that it asks for. */
    String resolve(String place) {
        String resolved = place;
        for (Store store : Store.values()) {
            if (store.isIn(resolved)) {
                resolved = resolved.replace(store.address, store.found(running.computeIfAbsent(store, this::start)));
            }
        }
        return resolved;
    }

    private Running start(Store store) {
        SingleServer server = store.start.get();
        if (delay.isZero()) {
            return new Running(server, null);
        }
        FaultProxy proxy = FaultProxy.start(server.socketAddress(), FrameCounter::chunks);
        proxy.requests().delay(delay);
        proxy.replies().delay(delay);
        return new Running(server, proxy);
    }

    @Override
    public void close() {
        running.values().forEach(Running::close);
    }
}
