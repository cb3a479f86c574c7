// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.redis.link.Driver;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node says at the wrong moment, or does not say, and what the link to it makes of that. */
final class LinkFaultsTest {
    private final Driver driver = ScriptedNode.driver();
    private final List<NodeLink> links = new ArrayList<>();
    private final Queue<String> pushes = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        links.forEach(NodeLink::close);
        driver.close();
    }

    private NodeLink link(ScriptedNode node, Function<Wire, CompletionStage<Void>> greeting) {
        NodeLink link = new NodeLink(
                driver, () -> CompletableFuture.completedFuture(node.address()), greeting, new NodeLink.Listener() {
                    @Override
                    public void up(NodeLink which) {
                        // Nobody waits for it.
                    }

                    @Override
                    public void down(NodeLink which) {
                        // Nobody waits for it.
                    }

                    @Override
                    public void pushed(NodeLink which, String kind, String message) {
                        pushes.add(message);
                    }
                });
        links.add(link);
        return link;
    }

    private static CompletionStage<Void> nothing(Wire wire) {
        return CompletableFuture.allOf();
    }

    private static CompletableFuture<Reply> ask(NodeLink link, String... words) {
        PlainRequest request = new PlainRequest(words);
        link.send(request);
        return request.future();
    }

    @Test
    void refusedSubscription_shiftsNoAnswer() throws Exception {
        // All in one packet, so that the driver decodes the rest after the link has given the connection up.
        try (ScriptedNode node = new ScriptedNode("cluster", (command, words) -> switch (command) {
            case "SSUBSCRIBE", "GET" ->
                words.contains("k2")
                        ? "-CLUSTERDOWN Hash slot not served\r\n+PONG\r\n" + ScriptedNode.text("k1's")
                                + ScriptedNode.text("k2's")
                        : ScriptedNode.SILENCE;
            case "PING" -> ScriptedNode.SILENCE;
            default -> null;
        })) {
            NodeLink link = link(node, LinkFaultsTest::nothing);
            Stage.get(link.start());
            Wire wire = link.wire();
            assertThat(wire).isNotNull();
            CompletableFuture<Void> subscribed = wire.subscribe("SSUBSCRIBE", "channel");
            CompletableFuture<Reply> first = ask(link, "GET", "k1");
            CompletableFuture<Reply> second = ask(link, "GET", "k2");
            assertThatThrownBy(() -> Stage.get(subscribed)).hasMessageContaining("CLUSTERDOWN");
            assertThatThrownBy(() -> Stage.get(first)).hasMessageContaining("CLUSTERDOWN");
            assertThatThrownBy(() -> Stage.get(second)).hasMessageContaining("CLUSTERDOWN");
        }
    }

    @Test
    void messageThatIsReadAfterItsConnectionWasGivenUp_isNotHandedOn() throws Exception {
        String message = ">3\r\n" + ScriptedNode.text("smessage") + ScriptedNode.text("channel");
        try (ScriptedNode node = new ScriptedNode("cluster", (command, words) -> switch (command) {
            case "SSUBSCRIBE", "PING" -> ScriptedNode.SILENCE;
            case "GET" ->
                message + ScriptedNode.text("before") + "-CLUSTERDOWN Hash slot not served\r\n+PONG\r\n" + message
                        + ScriptedNode.text("after");
            default -> null;
        })) {
            NodeLink link = link(node, LinkFaultsTest::nothing);
            Stage.get(link.start());
            Wire wire = Objects.requireNonNull(link.wire());
            CompletableFuture<Void> subscribed = wire.subscribe("SSUBSCRIBE", "channel");
            CompletableFuture<Reply> read = ask(link, "GET", "k");
            assertThatThrownBy(() -> Stage.get(subscribed)).hasMessageContaining("CLUSTERDOWN");
            assertThatThrownBy(() -> Stage.get(read)).hasMessageContaining("CLUSTERDOWN");
            await("a new connection").atMost(Stage.PATIENCE).until(() -> link.wire() != null && link.wire() != wire);
            assertThat(pushes).containsExactly("before");
        }
    }

    @Test
    void errorInTheGreeting_isTold_andTheNextTryGoesOn() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (ScriptedNode node = new ScriptedNode("standalone", (command, words) -> null)) {
            NodeLink link = link(node, wire -> {
                if (tries.incrementAndGet() == 1) {
                    throw new ExceptionInInitializerError(new IllegalStateException("a resource is missing"));
                }
                return nothing(wire);
            });
            assertThatThrownBy(() -> Stage.get(link.start())).hasMessageContaining("a resource is missing");
            await("the link is up").atMost(Stage.PATIENCE).until(link::isUp);
        }
    }

    @Test
    void greetingThatIsNeverAnswered_isGivenUp() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (ScriptedNode node = new ScriptedNode("standalone", (command, words) -> null)) {
            NodeLink link =
                    link(node, wire -> tries.incrementAndGet() == 1 ? new CompletableFuture<>() : nothing(wire));
            assertThatThrownBy(() -> Stage.get(link.start())).hasMessageContaining("first questions");
            await("the link is up").atMost(Stage.PATIENCE).until(link::isUp);
        }
    }

    @Test
    void restart_endsAGreeting() throws Exception {
        CompletableFuture<Void> greets = new CompletableFuture<>();
        AtomicInteger tries = new AtomicInteger();
        try (ScriptedNode node = new ScriptedNode("standalone", (command, words) -> null)) {
            NodeLink link = link(node, wire -> {
                if (tries.incrementAndGet() == 1) {
                    greets.complete(null);
                    return new CompletableFuture<>();
                }
                return nothing(wire);
            });
            CompletableFuture<Void> start = link.start();
            Stage.get(greets);
            link.restart();
            assertThatThrownBy(() -> Stage.get(start)).hasMessageContaining("made anew");
            await("the link is up").atMost(Stage.PATIENCE).until(link::isUp);
        }
    }

    @Test
    void closedLink_refusesRequests() throws Exception {
        try (ScriptedNode node = new ScriptedNode("standalone", (command, words) -> null)) {
            NodeLink link = link(node, LinkFaultsTest::nothing);
            Stage.get(link.start());
            link.close();
            assertThatThrownBy(() -> Stage.get(ask(link, "GET", "k"))).hasMessageContaining("closed");
        }
    }

    @Test
    void idleConnection_survivesTwoThatSendAtOnce() throws Exception {
        try (ScriptedNode node = new ScriptedNode("standalone", (command, words) -> null)) {
            List<NodeLink> starting = new ArrayList<>();
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                starting.add(link(node, LinkFaultsTest::nothing));
            }
            for (NodeLink link : starting) {
                var unused = link.start();
            }
            // A try may fail on a busy machine; the next one follows.
            await("all are up")
                    .atMost(Stage.PATIENCE)
                    .until(() -> starting.stream().allMatch(NodeLink::isUp));
            for (NodeLink link : starting) {
                wires.add(Objects.requireNonNull(link.wire()));
            }
            Stage.pause(2_200);
            CyclicBarrier ready = new CyclicBarrier(2);
            AtomicInteger turn = new AtomicInteger();
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                senders.add(CompletableFuture.runAsync(
                        () -> sendOnEach(wires, ready, turn), task -> new Thread(task).start()));
            }
            for (CompletableFuture<Void> sender : senders) {
                Stage.get(sender);
            }
            assertThat(wires).allMatch(Wire::isOpen);
        }
    }

    /** Both threads at once, as near as can be. */
    private static void sendOnEach(List<Wire> wires, CyclicBarrier ready, AtomicInteger arrived) {
        try {
            ready.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < wires.size(); i++) {
            PlainRequest request = new PlainRequest("PING");
            arrived.incrementAndGet();
            while (arrived.get() < 2 * (i + 1)) {
                Thread.onSpinWait();
            }
            wires.get(i).send(request);
        }
    }
}
