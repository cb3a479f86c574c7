// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.Tier;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.RefusedException;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.redis.script.ScriptCall;
import dev.holdfast.spi.Deployment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The masters of a cluster, each with a link of its own, so that one which stands still costs no other one's locks. Pushes come through sharded
 * channels, one for each slot in which this client has a lock or waits for one: they are not spread over the whole cluster.
 */
final class ClusterNodes implements Nodes, NodeLink.Listener {
    private static final int OLDEST = 7;
    private static final long PAUSE = 200_000_000L;

    private final Client client;
    private final Driver driver;
    private final Map<InetSocketAddress, NodeLink> links = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, NodeLink> askLinks = new ConcurrentHashMap<>();
    private final ReentrantLock asking = new ReentrantLock();
    private final AtomicReferenceArray<@Nullable Ear> heard = new AtomicReferenceArray<>(HashSlot.SLOTS);
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final ReentrantLock mutex = new ReentrantLock();
    private volatile ClusterMap map = ClusterMap.empty();
    private volatile boolean closed;

    /** On which connection a slot is listened to, once the server has confirmed it. */
    private record Ear(Wire wire, AtomicBoolean confirmed) {}

    ClusterNodes(Client client, Driver driver) {
        this.client = client;
        this.driver = driver;
    }

    @Override
    public Deployment open(Duration timeout) {
        // Found now, because in a JVM that has just started it takes as long as a call may.
        HashSlot.tagOf(0);
        CompletableFuture<ClusterMap> answer = askSeeds();
        long end = System.nanoTime() + timeout.toNanos();
        apply(OneNode.await(answer, client.options().where(), client.options(), left(end)));
        if (map.masters().isEmpty()) {
            throw Faults.fatal(
                    null,
                    "The cluster at " + client.options().where() + " has no slots yet: redis-cli --cluster create");
        }
        awaitMasters(end);
        return Deployment.of(client.options().assumesDurable() ? Tier.L : Tier.E, Deployment.Expiry.PER_LOCK)
                .withLine(true)
                .withDemand(true);
    }

    /** Takes the first answer of the nodes in the URI. The next one is asked when one fails, or says nothing for a moment: it may stand still. */
    private CompletableFuture<ClusterMap> askSeeds() {
        CompletableFuture<ClusterMap> any = new CompletableFuture<>();
        askSeed(0, any, new AtomicInteger(client.options().addresses().size()));
        return any;
    }

    private void askSeed(int index, CompletableFuture<ClusterMap> any, AtomicInteger left) {
        List<InetSocketAddress> seeds = client.options().addresses();
        if (index == seeds.size() || any.isDone() || closed) {
            return;
        }
        AtomicBoolean passed = new AtomicBoolean();
        Runnable next = () -> {
            if (passed.compareAndSet(false, true)) {
                askSeed(index + 1, any, left);
            }
        };
        NodeLink link = link(seeds.get(index));
        var unused = link.started().thenCompose(up -> ask(link)).whenComplete((found, failure) -> {
            if (failure == null) {
                any.complete(found);
                return;
            }
            next.run();
            if (left.decrementAndGet() == 0) {
                any.completeExceptionally(failure);
            }
        });
        driver.schedule(next, PAUSE);
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    /** A master that is down does not keep the others' locks from being used. */
    private void awaitMasters(long end) {
        CompletableFuture<?>[] starts = all().stream().map(NodeLink::started).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(starts).get(left(end).toNanos() / 2, TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            refresh();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private NodeLink newLink(InetSocketAddress address) {
        return new NodeLink(driver, () -> CompletableFuture.completedFuture(address), this::greet, this);
    }

    private CompletionStage<Void> greet(Wire wire) {
        return Greeting.on(wire).thenCompose(found -> {
            if (!found.isCluster()) {
                throw Faults.fatal(null, "Redis is no part of a cluster: use redis://host:port");
            }
            if (found.version() < OLDEST) {
                throw Faults.fatal(
                        null, "Redis is of version " + found.versionText() + "; locks in a cluster need 7.0");
            }
            OneNode.warnOfEviction(found, client.options().where(), warned);
            return probe(wire);
        });
    }

    /**
     * A user who may not listen is told so now, and not when the first lock is asked for. Channels of two slots are refused to everybody, so
     * that nothing has to be taken back; but first to those who may not listen to them.
     */
    private CompletionStage<Void> probe(Wire wire) {
        PlainRequest two =
                new PlainRequest("SSUBSCRIBE", channelPrefix(0) + client.name(), channelPrefix(1) + client.name());
        wire.send(two);
        return two.future().handle((reply, failure) -> {
            String error = failure instanceof RefusedException ? String.valueOf(failure.getMessage()) : "";
            if (error.startsWith("NOPERM")) {
                throw Faults.refused(client.options().where(), null, "serve this client", error);
            }
            return null;
        });
    }

    // Which node has what

    private static CompletableFuture<ClusterMap> ask(NodeLink link) {
        PlainRequest nodes = new PlainRequest("CLUSTER", "NODES");
        link.send(nodes);
        InetSocketAddress address = link.address();
        String teller = address == null ? "" : address.getHostString();
        return nodes.future().thenApply(reply -> ClusterMap.of(String.valueOf(reply.text(0)), teller));
    }

    /** Asks again who has what, soon: one question at a time, and again while a master is missing. */
    private void refresh() {
        if (closed || !refreshing.compareAndSet(false, true)) {
            return;
        }
        NodeLink teller =
                links.values().stream().filter(NodeLink::isUp).findAny().orElse(null);
        if (teller == null) {
            // Perhaps all masters have gone elsewhere: one of the nodes in the URI may know.
            client.options().addresses().forEach(this::link);
            refreshed(null);
        } else {
            var unused = ask(teller).orTimeout(1, TimeUnit.SECONDS).whenComplete((found, failure) -> refreshed(found));
        }
    }

    private void refreshed(@Nullable ClusterMap found) {
        boolean changed = found != null && !found.masters().isEmpty() && apply(found);
        boolean complete = found != null && all().stream().allMatch(NodeLink::isUp);
        driver.schedule(
                () -> {
                    refreshing.set(false);
                    if (!complete) {
                        refresh();
                    }
                },
                PAUSE);
        if (changed) {
            client.verify();
        }
    }

    private boolean apply(ClusterMap found) {
        List<NodeLink> ended = new ArrayList<>();
        boolean changed;
        mutex.lock();
        try {
            changed = !found.isSameAs(map);
            Set<InetSocketAddress> wanted = new HashSet<>(found.masters());
            wanted.forEach(this::link);
            wanted.addAll(client.options().addresses());
            map = found;
            links.entrySet().removeIf(entry -> {
                boolean gone = !wanted.contains(entry.getKey());
                if (gone) {
                    ended.add(entry.getValue());
                }
                return gone;
            });
        } finally {
            mutex.unlock();
        }
        ended.forEach(NodeLink::close);
        askLinks.forEach((address, link) -> {
            if (!found.names(address)) {
                dropAskLink(link);
            }
        });
        return changed;
    }

    private NodeLink link(InetSocketAddress address) {
        NodeLink known = links.get(address);
        if (known != null) {
            return known;
        }
        NodeLink made = newLink(address);
        NodeLink other = links.putIfAbsent(address, made);
        if (other != null) {
            return other;
        }
        var unused = made.start();
        return made;
    }

    @Override
    public NodeLink linkOf(int slot) {
        ClusterMap now = map;
        InetSocketAddress owner = now.owner(slot);
        if (owner == null) {
            // Nobody has the slot: whoever is asked says so.
            owner = now.masters().isEmpty()
                    ? client.options().addresses().get(0)
                    : now.masters().get(0);
        }
        return link(owner);
    }

    @Override
    public List<NodeLink> all() {
        return map.masters().stream().map(this::link).toList();
    }

    @Override
    public @Nullable Route reroute(NodeLink from, String error) {
        String[] words = error.split(" ", -1);
        boolean moved = words[0].equals("MOVED");
        if (words.length >= 3 && (moved || words[0].equals("ASK"))) {
            int colon = words[2].lastIndexOf(':');
            InetSocketAddress teller = from.address();
            String host = colon > 0 || teller == null ? words[2].substring(0, colon) : teller.getHostString();
            InetSocketAddress to =
                    InetSocketAddress.createUnresolved(host, Integer.parseInt(words[2].substring(colon + 1)));
            if (!moved) {
                return call -> sendAsking(to, call);
            }
            move(Integer.parseInt(words[1]), to);
            refresh();
            return call -> call.sendAgain(link(to));
        }
        if (words[0].equals("CLUSTERDOWN") || words[0].equals("READONLY") || words[0].equals("MASTERDOWN")) {
            refresh();
        }
        return null;
    }

    private void move(int slot, InetSocketAddress to) {
        mutex.lock();
        try {
            map = map.with(slot, to);
        } finally {
            mutex.unlock();
        }
    }

    /** A node to which a slot is on its way answers only what follows {@code ASKING}: on a link that nobody else uses. */
    private void sendAsking(InetSocketAddress to, ScriptCall call) {
        asking.lock();
        try {
            NodeLink link = askLinks.get(to);
            if (link == null) {
                NodeLink made = newLink(to);
                askLinks.put(to, made);
                var unused = made.start().whenComplete((done, failure) -> {
                    if (failure != null) {
                        dropAskLink(made);
                    }
                });
                link = made;
            }
            link.send(new PlainRequest("ASKING"));
            call.sendAgain(link);
        } finally {
            asking.unlock();
        }
    }

    /** One that broke is made anew when it is needed; its node may be gone for good. */
    private void dropAskLink(NodeLink link) {
        if (askLinks.values().remove(link)) {
            link.close();
        }
    }

    // Pushes

    @Override
    public String publishCommand() {
        return "SPUBLISH";
    }

    @Override
    public String channelPrefix(int slot) {
        return OneNode.CHANNEL + "{" + HashSlot.tagOf(slot) + "}:";
    }

    @Override
    public boolean listens(NodeLink link, int slot) {
        Wire wire = link.wire();
        if (wire == null || askLinks.containsValue(link)) {
            return true;
        }
        Ear known = heard.get(slot);
        if (known != null && known.wire == wire) {
            // Until it is confirmed, what has just been answered was done before: asking again travels behind it.
            return known.confirmed.get();
        }
        Ear ear = new Ear(wire, new AtomicBoolean());
        if (heard.compareAndSet(slot, known, ear)) {
            var unused = wire.subscribe("SSUBSCRIBE", channelPrefix(slot) + client.name())
                    .thenRun(() -> ear.confirmed.set(true));
        }
        return false;
    }

    @Override
    public void pushed(NodeLink from, String kind, String message) {
        if (kind.startsWith("smessage ")) {
            client.pushed(from, message);
        } else if (kind.startsWith("sunsubscribe ")) {
            // The slot has gone to another node.
            heard.set(HashSlot.of(kind.substring(kind.indexOf(' ') + 1)), null);
            refresh();
            client.verify();
        }
    }

    @Override
    public void up(NodeLink link) {
        client.verify();
    }

    @Override
    public void down(NodeLink link) {
        dropAskLink(link);
        refresh();
    }

    @Override
    public void close() {
        closed = true;
        List<CompletableFuture<?>> ends = new ArrayList<>();
        for (NodeLink link : links.values()) {
            ends.add(link.close().toCompletableFuture());
        }
        for (NodeLink link : askLinks.values()) {
            ends.add(link.close().toCompletableFuture());
        }
        var unused = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> driver.close());
    }
}
