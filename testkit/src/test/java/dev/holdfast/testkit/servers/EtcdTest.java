// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
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
        post(etcd.node(), "put", PUT);
        etcd.kill();
        etcd.restart();
        assertThat(post(etcd.node(), "range", GET)).contains("\"value\":\"dg==\"");
        etcd.restartEmpty();
        assertThat(post(etcd.node(), "range", GET)).doesNotContain("kvs");
    }

    @Test
    void cluster_oneMemberDead_othersServeAndItComesBack() throws Exception {
        ServerNode first = cluster.nodes().get(0);
        ServerNode second = cluster.nodes().get(1);
        assertThat(cluster.nodes()).hasSize(3);
        post(first, "put", PUT);
        first.kill();
        assertThat(Waiting.until(() -> ask(second).contains("\"value\":\"dg==\""), Waiting.PATIENCE))
                .isTrue();
        first.restart();
        assertThat(post(first, "range", GET)).contains("\"value\":\"dg==\"");
    }

    private String ask(ServerNode node) throws IOException {
        try {
            return post(node, "range", GET);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private String post(ServerNode node, String method, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.address() + "/v3/kv/" + method))
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }
}
