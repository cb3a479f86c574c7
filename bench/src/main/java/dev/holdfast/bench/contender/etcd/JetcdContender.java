// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.etcd;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * jetcd's Lock, with leases that are kept alive. Two locks of one name under one lease would be the same lock, and both be held; so each
 * thread that wants a name which another one has, or waits for, has the lock under a further lease of the client.
 */
public final class JetcdContender extends EtcdContender {
    private static final long LEASE_SECONDS = 30;

    /** For the ServiceLoader. */
    public JetcdContender() {
        super("jetcd", "jetcd's Lock with leases that are kept alive");
    }

    @Override
    public Session open(String place) {
        return new Locks(Client.builder().endpoints("http://" + address(place)).build());
    }

    private static final class Locks implements Session {
        private final Client client;
        private final List<Long> leases = new ArrayList<>();
        private final Map<String, Seats> seats = new ConcurrentHashMap<>();

        Locks(Client client) {
            this.client = client;
        }

        @Override
        public Held acquire(String name) throws InterruptedException, ExecutionException {
            Seats seatsOfName = seats.computeIfAbsent(name, unused -> new Seats());
            int seat = seatsOfName.take();
            ByteSequence key = client.getLockClient()
                    .lock(ByteSequence.from(name, StandardCharsets.UTF_8), lease(seat))
                    .get()
                    .getKey();
            return () -> {
                client.getLockClient().unlock(key).get();
                seatsOfName.free(seat);
            };
        }

        private synchronized long lease(int seat) throws InterruptedException, ExecutionException {
            while (leases.size() <= seat) {
                long lease = client.getLeaseClient().grant(LEASE_SECONDS).get().getID();
                client.getLeaseClient().keepAlive(lease, new Ignored());
                leases.add(lease);
            }
            return leases.get(seat);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Which leases the threads have that want one name: the first ones, so that there are few. */
    private static final class Seats {
        private final PriorityQueue<Integer> free = new PriorityQueue<>();
        private int made;

        synchronized int take() {
            Integer seat = free.poll();
            return seat == null ? made++ : seat;
        }

        synchronized void free(int seat) {
            free.add(seat);
        }
    }

    /** The lock would not learn of a lost lease either. */
    private static final class Ignored implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse response) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }
}
