// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.loopback.LoopbackPorts;
import dev.holdfast.testkit.servers.EtcdServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An etcd that wants TLS and a certificate of its clients, all of them made by openssl for this test. */
final class TlsTest {
    private static final Path DIRECTORY = directory();
    private static final int PORT = LoopbackPorts.free(1)[0];

    @RegisterExtension
    static final EtcdServer etcd = start();

    private static Path directory() {
        try {
            return Files.createTempDirectory("holdfast-tls");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EtcdServer start() {
        try {
            makeCertificates();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
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

    private static void makeCertificates() throws IOException, InterruptedException {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.pem");
        Files.writeString(DIRECTORY.resolve("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
        for (String who : List.of("server", "client")) {
            openssl("req -newkey rsa:2048 -nodes -subj /CN=" + who + " -keyout " + who + ".key -out " + who + ".csr");
            openssl("x509 -req -in " + who + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out "
                    + who + ".pem");
        }
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other-ca -keyout other.key -out other.pem");
    }

    @AfterAll
    static void deleteCertificates() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(DIRECTORY)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(DIRECTORY);
    }

    private static void openssl(String arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(("openssl " + arguments).split(" ", -1))
                .directory(DIRECTORY.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("openssl %s: %s", arguments, said).isZero();
    }

    private static String file(String name) {
        return DIRECTORY.resolve(name).toString();
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
