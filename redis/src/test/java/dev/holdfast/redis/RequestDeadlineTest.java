// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.testkit.PlainClaim;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Each request says by when it is worth doing, so that a server that stood still does not do it afterwards: also the first one on a connection. */
final class RequestDeadlineTest {
    private final Queue<Long> deadlines = new ConcurrentLinkedQueue<>();

    /** Notes the deadline, which is the last word, and grants. */
    private String grant(List<String> words) {
        deadlines.add(Long.parseLong(words.get(words.size() - 1)));
        return "*4\r\n:" + System.currentTimeMillis() * 1_000 + "\r\n:1\r\n:77\r\n:0\r\n";
    }

    private void take(Client client, Nodes nodes) throws Exception {
        PlainClaim claim = new PlainClaim("job", Stage.PATIENCE, true);
        AcquireCall.send(client, nodes, claim);
        assertThat(Stage.get(claim.answer())).isEqualTo("granted");
    }

    /** With the clocks of one machine, and some time for the test itself. */
    private void assertDeadlines(int number) {
        long now = System.currentTimeMillis() * 1_000;
        assertThat(deadlines)
                .hasSize(number)
                .allSatisfy(by ->
                        assertThat(by).isBetween(now, now + 2 * TimeUnit.SECONDS.toMicros(Stage.PATIENCE.toSeconds())));
    }

    @Test
    void firstRequest_toOneNode_hasADeadline() throws Exception {
        try (ScriptedNode redis =
                new ScriptedNode("standalone", (command, words) -> command.equals("EVALSHA") ? grant(words) : null)) {
            Client client = NodesFaultsTest.client("redis://127.0.0.1:" + redis.port());
            Nodes nodes = new OneNode(client, ScriptedNode.driver(), redis.address());
            nodes.open(Stage.PATIENCE);
            take(client, nodes);
            assertDeadlines(1);
            nodes.close();
        }
    }

    @Test
    void firstRequest_toANodeOfACluster_hasADeadline() throws Exception {
        AtomicReference<String> map = new AtomicReference<>("");
        try (ScriptedNode node = new ScriptedNode("cluster", (command, words) -> switch (command) {
            case "CLUSTER" -> ScriptedNode.text(map.get());
            case "EVALSHA" -> grant(words);
            default -> null;
        })) {
            map.set(NodesFaultsTest.line(node, "master", " 0-16383"));
            Client client = NodesFaultsTest.client("redis-cluster://127.0.0.1:" + node.port());
            Nodes nodes = new ClusterNodes(client, ScriptedNode.driver());
            nodes.open(Stage.PATIENCE);
            take(client, nodes);
            assertDeadlines(1);
            nodes.close();
        }
    }

    /** It waits for the connection, and was made when nothing on that was answered yet. */
    @Test
    void requestMadeWhileTheNextConnectionIsGreeted_hasADeadline() throws Exception {
        AtomicInteger greetings = new AtomicInteger();
        CountDownLatch goesOn = new CountDownLatch(1);
        try (ScriptedNode redis = new ScriptedNode("standalone", (command, words) -> {
            if (command.equals("TIME") && greetings.incrementAndGet() == 2) {
                NodesFaultsTest.pass(goesOn);
            }
            return command.equals("EVALSHA") ? grant(words) : null;
        })) {
            Client client = NodesFaultsTest.client("redis://127.0.0.1:" + redis.port());
            Nodes nodes = new OneNode(client, ScriptedNode.driver(), redis.address());
            nodes.open(Stage.PATIENCE);
            nodes.linkOf(0).restart();
            await("the next connection is greeted").atMost(Stage.PATIENCE).until(() -> greetings.get() == 2);
            PlainClaim claim = new PlainClaim("job", Stage.PATIENCE, true);
            AcquireCall.send(client, nodes, claim);
            goesOn.countDown();
            assertThat(Stage.get(claim.answer())).isEqualTo("granted");
            assertDeadlines(1);
            nodes.close();
        }
    }

    /** The next connection may be to another server, whose clock shows something else. */
    @Test
    void firstRequestOnTheNextConnection_isTimedByTheClockThere() throws Exception {
        AtomicInteger greetings = new AtomicInteger();
        long hour = TimeUnit.HOURS.toMillis(1);
        try (ScriptedNode redis = new ScriptedNode("standalone", (command, words) -> switch (command) {
            case "TIME" ->
                ScriptedNode.time(System.currentTimeMillis() - (greetings.incrementAndGet() == 1 ? hour : 0));
            case "EVALSHA" -> grant(words);
            default -> null;
        })) {
            Client client = NodesFaultsTest.client("redis://127.0.0.1:" + redis.port());
            Nodes nodes = new OneNode(client, ScriptedNode.driver(), redis.address());
            nodes.open(Stage.PATIENCE);
            nodes.linkOf(0).restart();
            await("the next connection is up")
                    .atMost(Stage.PATIENCE)
                    .until(() -> greetings.get() == 2 && nodes.linkOf(0).isUp());
            take(client, nodes);
            assertDeadlines(1);
            nodes.close();
        }
    }

    @Test
    void clockThatTellsNoTime_isAnError() throws Exception {
        try (ScriptedNode redis =
                new ScriptedNode("standalone", (command, words) -> command.equals("TIME") ? "+OK\r\n" : null)) {
            Client client = NodesFaultsTest.client("redis://127.0.0.1:" + redis.port());
            Nodes nodes = new OneNode(client, ScriptedNode.driver(), redis.address());
            assertThatThrownBy(() -> nodes.open(Stage.PATIENCE))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("answered TIME");
            nodes.close();
        }
    }
}
