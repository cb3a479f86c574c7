// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.Driver;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.spi.Deployment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The master that sentinels watch. Each new connection asks them where it is; and as soon as one of them says that there is a new one,
 * the connection to the old one is given up, because a master that was cut off goes on granting locks that nobody else knows of.
 */
final class SentinelNodes implements Nodes, NodeLink.Listener {
    private static final String SWITCH = "+switch-master";

    private final RedisOptions options;
    private final Driver driver;
    private final OneNode master;
    private final List<NodeLink> sentinels = new ArrayList<>();

    SentinelNodes(Client client, Driver driver, Driver sentinelDriver) {
        this.options = client.options();
        this.driver = sentinelDriver;
        master = new OneNode(client, driver, this::findMaster, true, this::askAgain);
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
        OneNode.await(any, "the sentinels " + options.addresses(), options, timeout);
        return master.open(timeout.minusNanos(System.nanoTime() - began));
    }

    private CompletableFuture<Reply> whereIsIt(NodeLink sentinel) {
        PlainRequest question = new PlainRequest("SENTINEL", "GET-MASTER-ADDR-BY-NAME", options.master());
        sentinel.send(question);
        return question.future();
    }

    /** Asks all sentinels, and takes the first that knows. */
    private CompletionStage<InetSocketAddress> findMaster() {
        CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(sentinels.size());
        for (NodeLink sentinel : sentinels) {
            var unused = whereIsIt(sentinel).whenComplete((reply, failure) -> {
                InetSocketAddress address = failure == null ? address(reply) : null;
                if (address != null) {
                    found.complete(address);
                } else if (left.decrementAndGet() == 0) {
                    found.completeExceptionally(
                            failure != null
                                    ? failure
                                    : Faults.fatal(
                                            null,
                                            "The sentinels " + options.addresses() + " know no master named '"
                                                    + options.master() + "'; correct the name in the URI"));
                }
            });
        }
        return found.orTimeout(1, TimeUnit.SECONDS);
    }

    private static @Nullable InetSocketAddress address(Reply reply) {
        String host = reply.text(0);
        String port = reply.text(1);
        return host == null || port == null ? null : InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
    }

    @Override
    public void up(NodeLink which) {
        // While it was not there it may have missed a new master.
        var unused = whereIsIt(which).thenAccept(reply -> follow(address(reply)));
    }

    /**
     * The master is connected to, and while it was not yet, a switch to another one may have been missed. The word of one sentinel is not enough
     * here: one that is cut off and knows nothing new would have the connection made anew for ever.
     */
    private void askAgain() {
        InetSocketAddress here = master.address();
        Queue<InetSocketAddress> named = new ConcurrentLinkedQueue<>();
        CompletableFuture<?>[] answers = sentinels.stream()
                .map(sentinel -> whereIsIt(sentinel)
                        .orTimeout(1, TimeUnit.SECONDS)
                        .thenAccept(reply -> Optional.ofNullable(address(reply)).ifPresent(named::add))
                        .exceptionally(failure -> null))
                .toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(answers).thenRun(() -> {
            long others =
                    named.stream().filter(address -> !address.equals(here)).count();
            if (2 * others > named.size() && Objects.equals(here, master.address())) {
                master.restart();
            }
        });
    }

    private void follow(@Nullable InetSocketAddress now) {
        InetSocketAddress then = master.address();
        if (now != null && then != null && !Objects.equals(now, then)) {
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
