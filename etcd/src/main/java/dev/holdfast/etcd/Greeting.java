// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.Tier;
import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Greetings;
import dev.holdfast.etcd.wire.LeaseReply;
import dev.holdfast.etcd.wire.Leases;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.Deployment.Expiry;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is asked of etcd when a client is opened: the shortest lease, the number of members, the version. */
final class Greeting {
    /** As long as etcd itself keeps a lease, at most. */
    private static final Duration LONGEST_LEASE = Duration.ofHours(2_500_000);

    private final Client client;
    private final Cluster cluster;
    private final Faults faults;
    private final long giveUpNanos;

    Greeting(Client client, Duration timeout) {
        this.client = client;
        this.cluster = client.cluster();
        this.faults = client.faults();
        this.giveUpNanos = System.nanoTime() + timeout.toNanos();
    }

    Deployment ask() {
        long sent = System.nanoTime();
        LeaseReply floor = LeaseReply.read(await(cluster.call(Method.GRANT, Leases.grant(1), giveUpNanos)));
        client.use(LeaseSession.unused(cluster, floor, sent), floor.seconds());
        CompletableFuture<byte[]> members = cluster.call(Method.MEMBERS, Greetings.nothing(), giveUpNanos);
        CompletableFuture<byte[]> status = cluster.call(Method.STATUS, Greetings.nothing(), giveUpNanos);
        mayRead(cluster.call(Method.RANGE, Range.of("/").keysOnly().request(), giveUpNanos));
        boolean single = Greetings.members(await(members)) == 1;
        Tier tier = single || Versions.keepLeasesOverLeaders(Greetings.text(await(status))) ? Tier.L : Tier.E;
        return Deployment.of(tier, Expiry.PER_LOCK)
                .withLine(true)
                .withKeySpace(Names.keySpace())
                .withLeases(Duration.ofSeconds(floor.seconds()), LONGEST_LEASE);
    }

    /** Leases are granted to everybody, so a login that is missing would be noticed late. Which keys the user may read is not known yet. */
    private void mayRead(CompletableFuture<byte[]> answer) {
        var unused = await(answer.exceptionallyCompose(
                failure -> failure instanceof CallFailure call && call.code() == Status.Code.PERMISSION_DENIED
                        ? CompletableFuture.completedFuture(Greetings.nothing())
                        : CompletableFuture.failedFuture(failure)));
    }

    private byte[] await(CompletableFuture<byte[]> answer) {
        try {
            return answer.get(Math.max(0, giveUpNanos - System.nanoTime()) + 100_000_000L, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.of(null, "open a client", new CompletionException("interrupted", e));
        } catch (ExecutionException e) {
            throw faults.of(null, "open a client", e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw Faults.transientFault(null, "etcd at " + cluster.where() + " did not answer in time", e);
        }
    }
}
