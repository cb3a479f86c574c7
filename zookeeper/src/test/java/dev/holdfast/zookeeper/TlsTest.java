// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.Certificates;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A ZooKeeper that wants TLS and a certificate of its clients, all of them made by openssl for this test. */
final class TlsTest {
    @RegisterExtension
    static final Certificates certificates = Certificates.make();

    private static final int PORT = LoopbackPorts.free(1)[0];

    @RegisterExtension
    static final ZooKeeperServer zookeeper = start();

    private static ZooKeeperServer start() {
        return ZooKeeperServer.start(
                "tickTime=200",
                "secureClientPort=" + PORT,
                "secureClientPortAddress=0.0.0.0",
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                "ssl.keyStore.location=" + file("server-both.pem"),
                "ssl.keyStore.type=PEM",
                "ssl.trustStore.location=" + file("ca.pem"),
                "ssl.trustStore.type=PEM");
    }

    private static String file(String name) {
        return certificates.file(name);
    }

    private static String uri(String host, String parameters) {
        return "zookeeper://" + host + ":" + PORT + "/locks?session-timeout=2s&tick=200ms&tls=true&call-timeout=5s"
                + parameters;
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
            assertThat(waiter).isNotDone();
            held.release();
            Stage.get(waiter).release();
        }
    }

    @Test
    void nodesOfACertificate_areForItsHolderOnly() {
        String mine =
                uri("127.0.0.1", "&acl=creator&ca=" + file("ca.pem") + client()).replace("/locks", "/mine");
        String anybody = zookeeper.uri() + "/mine?session-timeout=2s&tick=200ms&call-timeout=5s";
        try (Holdfast owner = Holdfast.open(mine);
                Holdfast other = Holdfast.open(anybody);
                Holdfast nobody = Holdfast.open(anybody.replace("/mine", "/nobodys"))) {
            Stage.take(owner, "job").release();
            assertThatThrownBy(() -> other.lock("job").tryAcquire())
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("no permission");
            Stage.take(owner, "job").release();
            Stage.take(nobody, "job").release();
        }
    }

    @Test
    void certificateOfAnotherCa_isNotTrusted() {
        saysOnceTheServerHasTime("&ca=" + file("other.pem") + client(), "certificate");
    }

    @Test
    void nameThatTheCertificateLacks_isNotTrusted() {
        assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.2", "&ca=" + file("ca.pem") + client())))
                .isInstanceOf(BackendException.class);
    }

    @Test
    void noClientCertificate_isSaid() {
        saysOnceTheServerHasTime("&ca=" + file("ca.pem"), "client's");
    }

    /** What is wrong is asked for half a second. */
    private static void saysOnceTheServerHasTime(String parameters, String message) {
        Awaitility.await()
                .atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> Holdfast.open(uri("127.0.0.1", parameters)))
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining(message));
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
    void oneFileForCertificateAndKey_isEnough() {
        String both = file("client-both.pem");
        try (Holdfast client =
                Holdfast.open(uri("127.0.0.1", "&ca=" + file("ca.pem") + "&cert=" + both + "&key=" + both))) {
            Stage.take(client, "one-file").release();
        }
    }

    @Test
    void copyOfTheKey_isForItsOwnerAndGoesWithTheClient() throws IOException {
        Holdfast client = Holdfast.open(uri("127.0.0.1", "&ca=" + file("ca.pem") + client()));
        List<Path> copies = copies();
        assertThat(copies).isNotEmpty();
        for (Path copy : copies) {
            assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                    .isEqualTo("rw-------");
        }
        client.close();
        assertThat(copies()).isEmpty();
    }

    private static List<Path> copies() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("holdfast-zookeeper"))
                    .toList();
        }
    }

    @Test
    void plainClientAtATlsPort_isSaid() {
        assertThatThrownBy(() -> Holdfast.open("zookeeper://127.0.0.1:" + PORT + "/locks"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("add tls=true");
    }

    @Test
    void tlsClientAtAPlainPort_isSaid() {
        assertThatThrownBy(() -> Holdfast.open("zookeeper://127.0.0.1:" + zookeeper.port() + "/locks?tls=true&ca="
                        + file("ca.pem") + client()))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("gave no session");
    }
}
