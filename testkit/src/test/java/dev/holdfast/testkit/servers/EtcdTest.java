// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EtcdTest {
    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start();

    @RegisterExtension
    static final EtcdCluster cluster = EtcdCluster.start();

    private static final String PUT = "{\"key\":\"aw==\",\"value\":\"dg==\"}";
    private static final String GET = "{\"key\":\"aw==\"}";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void server_keepsItsDataOverAKill() throws Exception {
        assertThat(etcd.uri()).isEqualTo("etcd://" + etcd.address());
        post(etcd.node(), "kv/put", PUT);
        etcd.kill();
        etcd.restart();
        assertThat(post(etcd.node(), "kv/range", GET)).contains("\"value\":\"dg==\"");
        etcd.restartEmpty();
        assertThat(post(etcd.node(), "kv/range", GET)).doesNotContain("kvs");
    }

    @Test
    void cluster_oneMemberDead_othersServeAndItComesBack() throws Exception {
        ServerNode first = cluster.nodes().get(0);
        ServerNode second = cluster.nodes().get(1);
        assertThat(cluster.nodes()).hasSize(3);
        post(first, "kv/put", PUT);
        first.kill();
        assertThat(Waiting.until(() -> ask(second).contains("\"value\":\"dg==\""), Waiting.PATIENCE))
                .isTrue();
        first.restart();
        assertThat(post(first, "kv/range", GET)).contains("\"value\":\"dg==\"");
    }

    @Test
    void clusterVia_leaderBehindABlackHole_isReplacedAndHearsOfIt() throws Exception {
        List<FaultProxy> ways = new ArrayList<>();
        EtcdCluster.MemberRoute route = (member, port) -> {
            ways.add(FaultProxy.start(LoopbackPorts.address(port), FrameCounter::chunks));
            return ways.get(member).port();
        };
        try (EtcdCluster routed = EtcdCluster.startVia(route, "--heartbeat-interval=50", "--election-timeout=500")) {
            ServerNode leader = routed.nodes().stream()
                    .filter(node -> leaderKnownTo(node).equals(idOf(node)))
                    .findFirst()
                    .orElseThrow();
            String id = idOf(leader);
            FaultProxy way = ways.get(routed.nodes().indexOf(leader));
            way.requests().blackHole();
            way.replies().blackHole();
            for (ServerNode node : routed.nodes()) {
                assertThat(Waiting.until(() -> !List.of(id, "").contains(leaderKnownTo(node)), Waiting.PATIENCE))
                        .as("%s knows of another leader", node.address())
                        .isTrue();
            }
        } finally {
            ways.forEach(FaultProxy::close);
        }
    }

    private String leaderKnownTo(ServerNode node) {
        return status(node, "leader");
    }

    private String idOf(ServerNode node) {
        return status(node, "member_id");
    }

    private String status(ServerNode node, String field) {
        try {
            Matcher found =
                    Pattern.compile("\"" + field + "\":\"(\\d+)\"").matcher(post(node, "maintenance/status", "{}"));
            return found.find() ? found.group(1) : "";
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String ask(ServerNode node) throws IOException {
        try {
            return post(node, "kv/range", GET);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private String post(ServerNode node, String method, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.address() + "/v3/" + method))
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }
}
