// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.Certificates;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An etcd that wants TLS and a certificate of its clients, all of them made by openssl for this test. */
final class TlsTest {
    @RegisterExtension
    static final Certificates certificates = Certificates.make();

    private static final int PORT = LoopbackPorts.free(1)[0];

    @RegisterExtension
    static final EtcdServer etcd = start();

    private static EtcdServer start() {
        // The health check of the testkit speaks plain HTTP: that port stays, and TLS has another one.
        return EtcdServer.start(
                "--heartbeat-interval=10",
                "--election-timeout=100",
                "--listen-client-urls={client},https://127.0.0.1:" + PORT,
                "--cert-file=" + file("server.pem"),
                "--key-file=" + file("server.key"),
                "--trusted-ca-file=" + file("ca.pem"),
                "--client-cert-auth");
    }

    private static String file(String name) {
        return certificates.file(name);
    }

    private static String uri(String host, String parameters) {
        return "etcd://" + host + ":" + PORT + "?tls=true&lease-time=10s" + parameters;
    }

    private static String client() {
        return "&cert=" + file("client.pem") + "&key=" + file("client.key");
    }

    @Test
    void caAndClientCertificate_lockAndHandOver() throws Exception {
        String uri = uri("127.0.0.1", "&ca=" + file("ca.pem") + client());
        try (Holdfast one = Holdfast.open(uri);
                Holdfast other = Holdfast.open(uri("localhost", "&ca=" + file("ca.pem") + client()))) {
            Lease held = Stage.take(one, "job");
            CompletableFuture<Lease> waiter = other.lock("job").acquireAsync();
            Stage.pause(200);
            held.release();
            Stage.get(waiter).release();
        }
    }

    @Test
    void certificateOfAnotherCa_isNotTrusted() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", "&ca=" + file("other.pem") + client())))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("server's certificate");
    }

    @Test
    void nameThatTheCertificateLacks_isNotTrusted() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.2", "&ca=" + file("ca.pem") + client())))
                .isInstanceOf(BackendException.class);
    }

    @Test
    void noClientCertificate_isSaid() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", "&ca=" + file("ca.pem"))))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("client's");
    }

    @Test
    void certificateWithoutKey_isRefusedBeforeAnyRequest() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", "&cert=" + file("client.pem"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("belong together");
    }

    @Test
    void fileThatIsNoCertificate_isSaid() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", "&ca=" + file("san"))))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("TLS");
    }

    @Test
    void plainClientAtATlsPort_isSaid() {
        assertThatThrownBy(() -> Holdfast.open("etcd://127.0.0.1:" + PORT))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("tls=true");
    }
}
