// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.Certificates;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import io.lettuce.core.AclSetuserArgs;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Redis that wants TLS and a certificate of its clients, all of them made by openssl for this test. */
final class TlsTest {
    @RegisterExtension
    static final Certificates certificates = Certificates.make();

    private static final int[] PORTS = LoopbackPorts.free(3);
    private static final int PORT = PORTS[0];

    @RegisterExtension
    static final RedisServer redis = start(PORT);

    @RegisterExtension
    static final RedisServer second = start(PORTS[1]);

    @RegisterExtension
    static final RedisServer third = start(PORTS[2]);

    private static RedisServer start(int port) {
        return RedisServer.start(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                file("server.pem"),
                "--tls-key-file",
                file("server.key"),
                "--tls-ca-cert-file",
                file("ca.pem"),
                "--tls-auth-clients",
                "yes");
    }

    private static String file(String name) {
        return certificates.file(name);
    }

    private static String uri(String host, String parameters) {
        return "rediss://" + host + ":" + PORT + "?lease-time=10s" + parameters;
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

    /** Most of three, each with TLS and a login. */
    @Test
    void redlock_overTlsWithALogin_locks() throws Exception {
        for (RedisServer server : List.of(redis, second, third)) {
            try (Stage stage = new Stage(server)) {
                stage.redis()
                        .aclSetuser(
                                "app",
                                AclSetuserArgs.Builder.on()
                                        .addPassword("secret")
                                        .allKeys()
                                        .allChannels()
                                        .allCommands());
            }
        }
        String servers = "@127.0.0.1:" + PORTS[0] + ",127.0.0.1:" + PORTS[1] + ",127.0.0.1:" + PORTS[2];
        String tls = "?tls=true&assume=durable&ca=" + file("ca.pem") + client();
        try (Holdfast one = Holdfast.open("redlock://app:secret" + servers + tls);
                Holdfast other = Holdfast.open("redlock://app:secret" + servers + tls)) {
            Lease held = Stage.take(one, "job");
            assertThat(other.lock("job").tryAcquire()).isNull();
            held.release();
            other.lock("job").acquire(Stage.PATIENCE).release();
        }
        assertThatThrownBy(() -> Holdfast.open("redlock://app:wrong" + servers + tls))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("user or password is wrong")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("app:wrong"));
        assertThatThrownBy(() -> Holdfast.open("redlock://app:secret" + servers + "?assume=durable"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("TLS");
        assertThatThrownBy(() -> Holdfast.open("redlock://app:secret" + servers + "?tls=true&assume=durable&ca="
                        + file("other.pem") + client()))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("certificate");
    }

    @Test
    void certificateOfAnotherCa_isNotTrusted() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", "&ca=" + file("other.pem") + client())))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("certificate");
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
        assertThatThrownBy(() -> Holdfast.open("redis://127.0.0.1:" + PORT))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("rediss:");
    }
}
