// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.Access;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.LeaseReply;
import dev.holdfast.etcd.wire.Leases;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.RangeReply;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import dev.holdfast.spi.BackendUri;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** What an operator does: reads and deletes keys, and revokes leases. */
final class Operator implements AutoCloseable {
    private final Cluster cluster;

    Operator(String uri) {
        cluster = new Cluster(
                BackendUri.parse(uri).addresses(2379),
                new Access(null, null, false, null, null, null),
                UnaryOperator.identity(),
                List.of());
    }

    byte[] call(Method method, byte[] request) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                return cluster.call(method, request, System.nanoTime() + TimeUnit.SECONDS.toNanos(3))
                        .join();
            } catch (CompletionException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
            }
        }
    }

    List<KeyRecord> keys(String prefix) {
        return RangeReply.read(call(Method.RANGE, Range.below(prefix).request()))
                .keys();
    }

    /** Deletes every key with a prefix; how many there were. */
    int delete(String prefix) {
        List<KeyRecord> found = keys(prefix);
        for (int from = 0; from < found.size(); from += Txn.LARGEST) {
            Txn txn = new Txn();
            found.subList(from, Math.min(found.size(), from + Txn.LARGEST)).forEach(key -> txn.delete(key.key()));
            call(Method.TXN, txn.request());
        }
        return found.size();
    }

    /** How many watches there are of all clients, as etcd counts them for those who look after it. */
    int watches() {
        String name = "etcd_debugging_mvcc_watcher_total ";
        try (InputStream metrics =
                URI.create("http://" + cluster.where() + "/metrics").toURL().openStream()) {
            return new String(metrics.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name))
                    .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long put(String key, String value, long lease) {
        return TxnReply.read(call(Method.TXN, new Txn().put(key, value, lease).request()))
                .header()
                .revision();
    }

    boolean isThere(long lease) {
        return LeaseReply.read(call(Method.TIME_TO_LIVE, Leases.timeToLive(lease, false)))
                        .seconds()
                > 0;
    }

    void revoke(long lease) {
        call(Method.REVOKE, Leases.about(lease));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
