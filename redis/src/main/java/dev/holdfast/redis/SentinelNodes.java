// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.spi.Deployment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The master that sentinels watch. Each new connection asks them where it is; and as soon as one of them says that there is a new one,
 * the connection to the old one is given up, because a master that was cut off goes on granting locks that nobody else knows of.
 */
final class SentinelNodes implements Nodes, NodeLink.Listener {
    private static final String SWITCH = "+switch-master";

    /** A sentinel that stands still or is cut off does not answer at all. */
    private static final long PATIENCE = 500_000_000L;

    private static final long LONGEST = 2_000_000_000L;

    private final RedisOptions options;
    private final Driver driver;
    private final OneNode master;
    private final List<NodeLink> sentinels = new ArrayList<>();

    SentinelNodes(Client client, Driver driver, Driver sentinelDriver) {
        this.options = client.options();
        this.driver = sentinelDriver;
        master = new OneNode(client, driver, this::poll, true, this::askAgain);
        for (InetSocketAddress address : options.addresses()) {
            sentinels.add(new NodeLink(
                    sentinelDriver, () -> CompletableFuture.completedFuture(address), SentinelNodes::greet, this));
        }
    }

    private static CompletionStage<Void> greet(Wire wire) {
        return wire.subscribe("SUBSCRIBE", SWITCH);
    }

    @Override
    public Deployment open(Duration timeout) {
        long began = System.nanoTime();
        List<CompletableFuture<Void>> starts =
                sentinels.stream().map(NodeLink::start).toList();
        // One that answers is enough, and the first in the URI may be the one that is down.
        CompletableFuture<Void> any = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(starts.size());
        for (CompletableFuture<Void> start : starts) {
            var unused = start.whenComplete((done, failure) -> {
                if (failure == null) {
                    any.complete(null);
                } else if (left.decrementAndGet() == 0) {
                    any.completeExceptionally(failure);
                }
            });
        }
        OneNode.await(any, "the sentinels " + options.where(), options, timeout);
        return master.open(timeout.minusNanos(System.nanoTime() - began));
    }

    /** Two questions: only the first one's answer changes as soon as a new master is promoted, and only the second's says how new it is. */
    private CompletionStage<@Nullable MasterNamed> whereIsIt(NodeLink sentinel) {
        PlainRequest where = new PlainRequest("SENTINEL", "GET-MASTER-ADDR-BY-NAME", options.master());
        PlainRequest since = new PlainRequest("SENTINEL", "MASTER", options.master());
        sentinel.send(where);
        sentinel.send(since);
        // Not every user may ask the second one.
        CompletableFuture<Long> epoch =
                since.future().handle((reply, failure) -> failure == null ? MasterNamed.epoch(reply) : 0L);
        return where.future().thenCombine(epoch, MasterNamed::of);
    }

    private CompletableFuture<InetSocketAddress> poll() {
        MasterPoll poll = new MasterPoll(sentinels.size());
        for (NodeLink sentinel : sentinels) {
            var unused = whereIsIt(sentinel)
                    .whenComplete((named, failure) -> poll.heard(named, failure == null ? unknown() : failure));
        }
        driver.schedule(poll::hurry, PATIENCE);
        return poll.found().orTimeout(LONGEST, TimeUnit.NANOSECONDS);
    }

    private BackendException unknown() {
        return Faults.fatal(
                null,
                "The sentinels " + options.where() + " know no master named '" + options.master()
                        + "'; correct the name in the URI");
    }

    @Override
    public void up(NodeLink which) {
        // While it was not there it may have missed a new master.
        askAgain();
    }

    /** A switch to another master may have been missed, while the master was not connected to yet or the sentinel was not. */
    private void askAgain() {
        InetSocketAddress here = master.address();
        var unused = poll().thenAccept(found -> {
            if (Objects.equals(here, master.address())) {
                follow(found);
            }
        });
    }

    private void follow(InetSocketAddress now) {
        InetSocketAddress then = master.address();
        if (then != null && !now.equals(then)) {
            master.restart();
        }
    }

    @Override
    public void down(NodeLink which) {
        // The others are enough.
    }

    /** The message is: name, old host, old port, new host, new port. */
    @Override
    public void pushed(NodeLink from, String kind, String message) {
        String[] words = message.split(" ", -1);
        if (kind.endsWith(SWITCH) && words.length == 5 && words[0].equals(options.master())) {
            follow(InetSocketAddress.createUnresolved(words[3], Integer.parseInt(words[4])));
        }
    }

    @Override
    public NodeLink linkOf(int slot) {
        return master.linkOf(slot);
    }

    @Override
    public List<NodeLink> all() {
        return master.all();
    }

    @Override
    public String publishCommand() {
        return master.publishCommand();
    }

    @Override
    public String channelPrefix(int slot) {
        return master.channelPrefix(slot);
    }

    @Override
    public boolean listens(NodeLink link, int slot) {
        return master.listens(link, slot);
    }

    @Override
    public @Nullable Route reroute(NodeLink link, String error) {
        return master.reroute(link, error);
    }

    @Override
    public void close() {
        CompletableFuture<?>[] ends = sentinels.stream()
                .map(link -> link.close().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(ends).whenComplete((done, failure) -> driver.close());
        master.close();
    }
}
