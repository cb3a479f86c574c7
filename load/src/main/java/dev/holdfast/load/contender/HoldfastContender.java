// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** This project's own locks, on any store. Options stand in the URI. */
public final class HoldfastContender implements Contender {
    @Override
    public String id() {
        return "holdfast";
    }

    @Override
    public String summary() {
        return "this project, on the store of the URI: holdfast@memory:?ordering=arrival";
    }

    @Override
    public String defaultPlace() {
        return "file:" + DIRECTORY;
    }

    @Override
    public boolean excludesProcesses(String place) {
        String uri = place.toLowerCase(Locale.ROOT);
        return !uri.startsWith("memory:") && !uri.startsWith("jdbc:h2:mem:");
    }

    @Override
    public OptionalLong requestsServed(String place) throws IOException {
        return switch (place.substring(0, place.indexOf(':'))) {
            case "redis" -> OptionalLong.of(RedisRequests.served(place));
            case "etcd" -> OptionalLong.of(EtcdRequests.served(place));
            case "zookeeper" -> OptionalLong.of(ZooKeeperRequests.served(place));
            default -> OptionalLong.empty();
        };
    }

    @Override
    public Session open(String place) {
        return new Client(
                Holdfast.builder().uri(place).environment(System.getenv()).open());
    }

    private static final class Client implements Session {
        private final Holdfast locks;
        private final Map<String, DistributedLock> known = new ConcurrentHashMap<>();

        Client(Holdfast locks) {
            this.locks = locks;
        }

        private DistributedLock lock(String name) {
            return known.computeIfAbsent(name, locks::lock);
        }

        @Override
        public Held acquire(String name) throws InterruptedException {
            return new HeldLease(lock(name).acquire());
        }

        @Override
        public CompletionStage<Held> acquireLater(String name) {
            return lock(name).acquireAsync().thenApply(HeldLease::new);
        }

        @Override
        public void close() {
            locks.close();
        }
    }

    private record HeldLease(Lease lease) implements Held {
        @Override
        public void release() {
            lease.release();
        }

        @Override
        public boolean isHeld() {
            return lease.isHeld();
        }
    }
}
