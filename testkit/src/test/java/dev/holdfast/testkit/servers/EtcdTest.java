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

final class EtcdTest {
    private static final String PUT = "{\"key\":\"aw==\",\"value\":\"dg==\"}";
    private static final String GET = "{\"key\":\"aw==\"}";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void server_keepsItsDataOverAKill() throws Exception {
        try (EtcdServer etcd = EtcdServer.start()) {
            assertThat(etcd.uri()).isEqualTo("etcd://" + etcd.address());
            post(etcd.node(), "put", PUT);
            etcd.kill();
            etcd.restart();
            assertThat(post(etcd.node(), "range", GET)).contains("\"value\":\"dg==\"");
            etcd.restartEmpty();
            assertThat(post(etcd.node(), "range", GET)).doesNotContain("kvs");
        }
    }

    @Test
    void cluster_oneMemberDead_othersServeAndItComesBack() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start()) {
            assertThat(etcd.nodes()).hasSize(3);
            post(etcd.nodes().get(0), "put", PUT);
            etcd.nodes().get(0).kill();
            assertThat(Waiting.until(() -> ask(etcd.nodes().get(1)).contains("\"value\":\"dg==\""), Waiting.PATIENCE))
                    .isTrue();
            etcd.nodes().get(0).restart();
            assertThat(post(etcd.nodes().get(0), "range", GET)).contains("\"value\":\"dg==\"");
        }
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
