// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.Certificates;
import dev.holdfast.testkit.servers.MemcachedServer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A memcached that wants TLS and a certificate of its clients. */
final class TlsTest {
    @RegisterExtension
    static final Certificates CERTIFICATES = Certificates.make();

    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(
            "-Z",
            "-o",
            "temporary_ttl=3600,ssl_verify_mode=2,ssl_chain_cert=" + file("server.pem") + ",ssl_key="
                    + file("server.key") + ",ssl_ca_cert=" + file("ca.pem"));

    private static String file(String name) {
        return CERTIFICATES.file(name);
    }

    private static String uri(String host, String parameters) {
        return "memcached://" + host + ":" + memcached.port() + "?lease-time=10s&tls=true" + parameters;
    }

    private static String client() {
        return "&cert=" + file("client.pem") + "&key=" + file("client.key");
    }

    @Test
    void caAndClientCertificate_lockAndHandOver() throws Exception {
        try (Holdfast one = Holdfast.open(uri("127.0.0.1", "&ca=" + file("ca.pem") + client()));
                Holdfast other = Holdfast.open(uri("localhost", "&ca=" + file("ca.pem") + client()))) {
            Lease held = Stage.take(one, "job");
            CompletableFuture<Lease> waiter = other.lock("job").acquireAsync();
            Stage.pause(200);
            assertThat(waiter).isNotDone();
            held.release();
            Stage.get(waiter).release();
        }
    }

    @Test
    void certificateOfAnotherCa_isNotTrusted() {
        refused(uri("127.0.0.1", "&ca=" + file("other.pem") + client()), "certificate");
    }

    @Test
    void nameThatTheCertificateLacks_isNotTrusted() {
        refused(uri("127.0.0.2", "&ca=" + file("ca.pem") + client()), "");
    }

    @Test
    void noClientCertificate_isSaid() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", "&ca=" + file("ca.pem"))))
                .isInstanceOf(BackendException.class);
    }

    @Test
    void fileThatIsNoCertificateOrKey_isSaid() {
        refused(uri("127.0.0.1", "&ca=" + file("san")), "files for TLS");
        refused(
                uri(
                        "127.0.0.1",
                        "&ca=" + file("ca.pem") + "&cert=" + file("client.pem") + "&key=" + file("client.pem")),
                "no key in PEM");
    }

    @Test
    void plainClientAtATlsPort_isSaid() {
        assertThatThrownBy(() -> Holdfast.open("memcached://127.0.0.1:" + memcached.port()))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("tls=true");
    }

    private static void refused(String uri, String says) {
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining(says);
    }
}
