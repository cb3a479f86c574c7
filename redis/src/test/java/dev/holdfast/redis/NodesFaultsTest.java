// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.testkit.PlainClaim;
import dev.holdfast.testkit.PlainEvents;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes of each deployment say in an order that a real one takes seldom, and what locks make of it. */
final class NodesFaultsTest {
    static Client client(String uri) {
        return new Client(RedisOptions.of(BackendUri.parse(uri)), new PlainEvents());
    }

    private static String micros() {
        return ":" + System.currentTimeMillis() * 1_000 + "\r\n";
    }

    static String line(ScriptedNode node, String flags, String slots) {
        return "id" + node.port() + " 127.0.0.1:" + node.port() + "@1 " + flags + " - 0 0 1 connected" + slots + "\n";
    }

    @Test
    void replicas_areNotAskedForOnAnotherConnection() throws Exception {
        AtomicBoolean granted = new AtomicBoolean();
        try (ScriptedNode redis = new ScriptedNode("standalone", (command, words) -> switch (command) {
            case "EVALSHA" -> {
                granted.set(true);
                yield "*4\r\n" + micros() + ":1\r\n:77\r\n:0\r\n";
            }
            case "WAIT" -> ":5\r\n";
            default -> null;
        })) {
            Client client = client("redis://127.0.0.1:" + redis.port() + "?replicas=1");
            Nodes nodes = new OneNode(client, ScriptedNode.driver(), redis.address());
            nodes.open(Stage.PATIENCE);
            PlainClaim claim = new PlainClaim("job", Stage.PATIENCE, true) {
                @Override
                public long giveUpNanos() {
                    if (granted.getAndSet(false)) {
                        // The grant has just been read, and the replicas are about to be asked for.
                        nodes.linkOf(0).restart();
                    }
                    return super.giveUpNanos();
                }
            };
            AcquireCall.send(client, nodes, claim);
            assertThat(Stage.get(claim.answer())).isEqualTo("failed, perhaps applied");
            nodes.close();
        }
    }

    @Test
    void switchWhileTheOldMasterIsConnectedTo_isNotMissed() throws Exception {
        AtomicBoolean switched = new AtomicBoolean();
        try (ScriptedNode then = new ScriptedNode("standalone", (command, words) -> {
                    switched.set(true);
                    return null;
                });
                ScriptedNode now = new ScriptedNode("standalone", (command, words) -> null);
                ScriptedNode sentinel = new ScriptedNode(
                        "sentinel",
                        (command, words) -> command.equals("SENTINEL")
                                ? "*2\r\n" + ScriptedNode.text("127.0.0.1")
                                        + ScriptedNode.text(Integer.toString((switched.get() ? now : then).port()))
                                : null)) {
            Client client = client("redis-sentinel://127.0.0.1:" + sentinel.port() + "/mymaster");
            Nodes nodes = new SentinelNodes(client, ScriptedNode.driver(), ScriptedNode.driver());
            nodes.open(Stage.PATIENCE);
            await("the new master is connected to").atMost(Stage.PATIENCE).until(() -> {
                NodeLink link = nodes.linkOf(0);
                return link.isUp() && now.address().equals(link.address());
            });
            nodes.close();
        }
    }

    @Test
    void sentinelThatKnowsNothingNew_andAnswersFirst_isNotBelieved() throws Exception {
        try (ScriptedNode then = new ScriptedNode("standalone", (command, words) -> null);
                ScriptedNode now = new ScriptedNode("standalone", (command, words) -> null);
                ScriptedNode stale = sentinel(then, 1, 0);
                ScriptedNode one = sentinel(now, 2, 20);
                ScriptedNode other = sentinel(now, 2, 20)) {
            Client client = client("redis-sentinel://127.0.0.1:" + stale.port() + ",127.0.0.1:" + one.port()
                    + ",127.0.0.1:" + other.port() + "/mymaster");
            Nodes nodes = new SentinelNodes(client, ScriptedNode.driver(), ScriptedNode.driver());
            nodes.open(Stage.PATIENCE);
            assertThat(nodes.linkOf(0).address()).isEqualTo(now.address());
            assertThat(then.everHadClients())
                    .as("somebody asked the old master")
                    .isFalse();
            nodes.close();
        }
    }

    @Test
    void sentinelThatStandsStill_isNotWaitedFor() throws Exception {
        try (ScriptedNode redis = new ScriptedNode("standalone", (command, words) -> null);
                ScriptedNode well = sentinel(redis, 1, 0);
                ScriptedNode stopped =
                        new ScriptedNode("sentinel", (command, words) -> command.equals("SENTINEL") ? "" : null)) {
            Client client =
                    client("redis-sentinel://127.0.0.1:" + stopped.port() + ",127.0.0.1:" + well.port() + "/mymaster");
            Nodes nodes = new SentinelNodes(client, ScriptedNode.driver(), ScriptedNode.driver());
            nodes.open(Stage.PATIENCE);
            assertThat(nodes.linkOf(0).address()).isEqualTo(redis.address());
            nodes.close();
        }
    }

    private static ScriptedNode sentinel(ScriptedNode master, int epoch, long slowness) throws IOException {
        return new ScriptedNode("sentinel", (command, words) -> {
            if (!command.equals("SENTINEL")) {
                return null;
            }
            Stage.pause(slowness);
            String port = ScriptedNode.text(Integer.toString(master.port()));
            return words.get(1).equals("MASTER")
                    ? "%2\r\n" + ScriptedNode.text("port") + port + ScriptedNode.text("config-epoch")
                            + ScriptedNode.text(Integer.toString(epoch))
                    : "*2\r\n" + ScriptedNode.text("127.0.0.1") + port;
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+OK\r\n",
                "*0\r\n",
                "_\r\n",
                ":1\r\n",
                "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n",
                "*2\r\n:7\r\n:99\r\n",
                "(12345678901234567890123\r\n",
            })
    void answerOfNoScript_isAnErrorAndNeitherALossNorAGrant(String answer) throws Exception {
        try (ScriptedNode redis =
                new ScriptedNode("standalone", (command, words) -> command.equals("EVALSHA") ? answer : null)) {
            Client client = client("redis://127.0.0.1:" + redis.port());
            Nodes nodes = new OneNode(client, ScriptedNode.driver(), redis.address());
            nodes.open(Stage.PATIENCE);
            PlainClaim asked = new PlainClaim("job", Stage.PATIENCE, true);
            AcquireCall.send(client, nodes, asked);
            assertThat(Stage.get(asked.answer())).isEqualTo("failed, perhaps applied");
            PlainClaim renewed = new PlainClaim("job", Stage.PATIENCE, true);
            RenewCall.send(client, nodes, List.of(renewed), false);
            assertThat(Stage.get(renewed.answer())).isEqualTo("not renewed");
            PlainClaim released = new PlainClaim("job", Stage.PATIENCE, true);
            PlainClaim next = new PlainClaim("job", Stage.PATIENCE, true);
            ReleaseCall.release(client, nodes, released, Seat.of(released), next);
            assertThat(Stage.get(released.answer())).isEqualTo("not freed");
            assertThat(Stage.get(next.answer())).isEqualTo("failed, perhaps applied");
            nodes.close();
        }
    }

    /** First the servers answer as they should, and then something that says nothing about the lock. */
    @Test
    void answersOfNoScript_areNoVotesAndNoLoss() throws Exception {
        AtomicBoolean strange = new AtomicBoolean();
        ScriptedNode.Script script = (command, words) -> switch (command) {
            case "TIME" -> "*2\r\n" + ScriptedNode.text("1700000000") + ScriptedNode.text("0");
            case "EVALSHA" ->
                strange.get()
                        ? "*0\r\n"
                        : words.get(1).equals(Script.VOTE.digest())
                                ? "*3\r\n" + micros() + ":1\r\n:77\r\n"
                                : "*2\r\n" + micros() + ":1\r\n";
            default -> null;
        };
        try (ScriptedNode one = new ScriptedNode("standalone", script);
                ScriptedNode two = new ScriptedNode("standalone", script);
                ScriptedNode three = new ScriptedNode("standalone", script);
                Holdfast client = Holdfast.open("redlock://127.0.0.1:" + one.port() + ",127.0.0.1:" + two.port()
                        + ",127.0.0.1:" + three.port() + "?assume=durable&lease-time=3s")) {
            Lease held = Stage.take(client, "job");
            strange.set(true);
            assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.BACKEND_UNREACHABLE);
            assertThatThrownBy(() -> client.lock("job").tryAcquire())
                    .isInstanceOf(BackendException.class)
                    .hasMessageMatching("(?s).*(no answer of this library's scripts|the store did not answer).*");
        }
    }

    @Test
    void slot_isListenedToOnceTheServerHasConfirmedIt() throws Exception {
        CountDownLatch confirms = new CountDownLatch(1);
        AtomicReference<String> map = new AtomicReference<>("");
        try (ScriptedNode node = new ScriptedNode("cluster", (command, words) -> {
            if (command.equals("SSUBSCRIBE") && words.size() == 2) {
                pass(confirms);
            }
            return command.equals("CLUSTER") ? ScriptedNode.text(map.get()) : null;
        })) {
            map.set(line(node, "master", " 0-16383"));
            Client client = client("redis-cluster://127.0.0.1:" + node.port());
            Nodes nodes = new ClusterNodes(client, ScriptedNode.driver());
            nodes.open(Stage.PATIENCE);
            NodeLink link = nodes.linkOf(5);
            assertThat(nodes.listens(link, 5)).as("for the first claim").isFalse();
            assertThat(nodes.listens(link, 5))
                    .as("for the second, before it is confirmed")
                    .isFalse();
            confirms.countDown();
            await("it is confirmed").atMost(Stage.PATIENCE).until(() -> nodes.listens(link, 5));
            nodes.close();
        }
    }

    static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nodeThatLeftTheCluster_isDisconnected() throws Exception {
        AtomicReference<String> map = new AtomicReference<>("");
        try (ScriptedNode leaving = new ScriptedNode(
                        "cluster",
                        (command, words) -> command.equals("EVALSHA") ? "*3\r\n" + micros() + ":3\r\n:500\r\n" : null);
                ScriptedNode staying = new ScriptedNode("cluster", (command, words) -> switch (command) {
                    case "EVALSHA" -> "-ASK 5 127.0.0.1:" + leaving.port() + "\r\n";
                    case "CLUSTER" -> ScriptedNode.text(map.get());
                    default -> null;
                })) {
            map.set(line(staying, "master", " 0-16383") + line(leaving, "master", ""));
            Client client = client("redis-cluster://127.0.0.1:" + staying.port());
            Nodes nodes = new ClusterNodes(client, ScriptedNode.driver());
            nodes.open(Stage.PATIENCE);
            PlainClaim claim = new PlainClaim("job", Stage.PATIENCE, true);
            AcquireCall.send(client, nodes, claim);
            assertThat(Stage.get(claim.answer())).isEqualTo("busy");
            nodes.reroute(nodes.linkOf(5), "CLUSTERDOWN");
            Stage.pause(500);
            assertThat(leaving.clients())
                    .as("connections while the map names it")
                    .isEqualTo(1);
            map.set(line(staying, "master", " 0-16383"));
            nodes.reroute(nodes.linkOf(5), "CLUSTERDOWN");
            await("it is disconnected").atMost(Stage.PATIENCE).until(() -> leaving.clients() == 0);
            nodes.close();
        }
    }
}
