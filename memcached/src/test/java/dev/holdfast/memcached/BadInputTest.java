// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.Tier;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FrameGate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a URI or a server has a message of its own. */
final class BadInputTest {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(memcached);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memcached:|names no host",
                "memcached://h/0|has a path",
                "memcached://user@h|no password",
                "memcached://h?ca=/x|TLS",
                "memcached://h?tls=true&ca=/no/such/file|no file that can be read",
                "memcached://h?tls=true&cert=/etc/hostname|belong together",
                "memcached://h?leasetime=3s|lease-time",
                "memcached://h,h:11211|twice",
            })
    void uri_wrong_isRefusedBeforeAnyRequest(String uri, String says) {
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    private static void refused(String uri, boolean isTransient, String says) {
        long before = System.nanoTime();
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.isTransient()).isEqualTo(isTransient))
                .hasMessageContaining(says)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void noServer_isSaid() {
        refused("memcached://127.0.0.1:" + LoopbackPorts.free(1)[0], true, "nothing listens there");
        refused("memcached://no-such-host.invalid", true, "host is not known");
    }

    @Test
    void serverWithoutVersionsOfItems_isRefused() {
        try (MemcachedServer server = MemcachedServer.start("-C")) {
            refused(server.uri(), false, "started with -C");
        }
    }

    @Test
    void serverThatForgetsVersionsAndDoesNotSayIt_isRefused() throws Exception {
        try (MemcachedServer server = MemcachedServer.start("-C")) {
            FrameGate gate = stage.gate();
            gate.says(MemcachedDialogue.text(reply -> reply.replace("cas_enabled no", "cas_enabled yes")));
            refused(
                    "memcached://127.0.0.1:" + gate.portTo(server.socketAddress()),
                    false,
                    "does not keep the versions of items");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.8", "1.4.19", "0.9.0"})
    void serverThatIsTooOld_isRefused(String version) throws Exception {
        try (FakeServer server = new FakeServer(command -> "VERSION " + version + "\r\n")) {
            refused(server.uri(), false, "1.4.20 or later is needed");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-ERR unknown command `version`|no memcached",
                "ERROR|no memcached",
                "VERSION dragonfly|none of memcached",
                "HTTP/1.1 400 Bad Request|no memcached",
            })
    void otherServer_isRefused(String says, String expected) throws Exception {
        try (FakeServer server = new FakeServer(command -> says + "\r\n")) {
            refused(server.uri(), false, expected);
        }
    }

    @Test
    void serverWithTooManyConnections_isAnOutage() throws Exception {
        try (FakeServer server = new FakeServer(command -> "SERVER_ERROR Too many open connections\r\n")) {
            refused(server.uri(), true, "raise -c");
        }
        try (FakeServer server = new FakeServer(command -> null)) {
            refused(server.uri(), true, "closed the connection");
        }
        try (FakeServer server = new FakeServer(command -> "")) {
            refused(server.uri(), true, "did not answer in time");
        }
    }

    @Test
    void serverFromBeforeTheMetaCommands_isSpokenToInTheClassicOnes() throws Exception {
        FrameGate gate = stage.gate();
        gate.says(MemcachedDialogue.text(reply -> {
            assertThat(reply).doesNotStartWith("HD").doesNotStartWith("VA ");
            return reply.startsWith("VERSION") ? "VERSION 1.6.12\r\n" : reply;
        }));
        Holdfast old = stage.clientAt(gate.portTo(memcached.socketAddress()), "lease-time=10s");
        Holdfast fresh = stage.client();
        Lease held = Stage.take(old, "job");
        assertThat(fresh.lock("job").tryAcquire()).isNull();
        held.release();
        Lease next = Stage.take(fresh, "job");
        assertThat(next.token()).isGreaterThan(held.token());
        assertThat(old.lock("job").tryAcquire()).isNull();
    }

    @Test
    void serverThatEvicts_isWarnedOfOnceWithTheNameOfALock() throws Exception {
        try (Heard heard = new Heard();
                MemcachedServer server = MemcachedServer.start();
                Holdfast locks = Holdfast.open(server.uri() + "?lease-time=10s")) {
            Stage.take(locks, "job");
            Stage.take(locks, "other");
            assertThat(heard.lines()).singleElement().asString().contains("may evict", "'job'", "temporary_ttl");
        }
    }

    @ParameterizedTest
    @CsvSource({"30s, 0", "59m, 0", "2h, 1"})
    void temporaryTtl_coversLeasesUpToIt(String leaseTime, int warnings) throws Exception {
        try (Heard heard = new Heard()) {
            Stage.take(stage.client("lease-time=" + leaseTime), "job");
            assertThat(heard.lines()).hasSize(warnings);
        }
    }

    @Test
    void serverThatEvictsNothing_isNotWarnedOf() throws Exception {
        try (Heard heard = new Heard();
                MemcachedServer server = MemcachedServer.start("-M");
                Holdfast locks = Holdfast.open(server.uri() + "?lease-time=20d")) {
            Stage.take(locks, "job");
            assertThat(heard.lines()).isEmpty();
        }
    }

    @Test
    void itemWithoutExpiry_isNoLock_andIsNamed() {
        stage.operator().put("job", "some text", 0);
        assertThatThrownBy(() -> stage.client().lock("job").acquire())
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.isTransient()).isFalse())
                .hasMessageContaining("'job' has no expiry");
    }

    @Test
    void somethingElseInThePlaceOfTheCounter_isNamed_andLeavesNoLock() throws Exception {
        stage.operator().put("job:f", "text", 0);
        assertThatThrownBy(() -> stage.client().lock("job").acquire())
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.isTransient()).isFalse())
                .hasMessageContaining("counter");
        stage.operator().delete("job:f");
        Lease lease = stage.client().lock("job").acquire(Stage.PATIENCE);
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void leaseTime_belowASecondIsRaised_andAboveThirtyDaysRefused() {
        Holdfast locks = stage.client("lease-time=500ms");
        assertThat(Stage.take(locks, "short").leaseTime()).isEqualTo(Duration.ofSeconds(1));
        Holdfast longest = stage.client("lease-time=" + (30 * 24 * 60 * 60 - 2) + "s");
        assertThat(Stage.take(longest, "longest").isHeld()).isTrue();
        assertThat(stage.operator().say("mg longest t").get(0)).matches("HD t25(92000|91999)");
        assertThatThrownBy(() -> stage.client("lease-time=31d").lock("long").tryAcquire())
                .hasMessageContaining("keeps a lease for at most");
    }

    @Test
    void tierL_isRefused() {
        assertThat(stage.client().tier()).isEqualTo(Tier.E);
        assertThatThrownBy(() -> stage.client("require=L")).hasMessageContaining("require");
    }

    @Test
    void list_isRefused() {
        assertThatThrownBy(() -> stage.client().list(""))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("cannot list");
    }

    @Test
    void oneOfTwoServersAway_costsOnlyItsNames() throws Exception {
        // Bound, so that nobody else takes the port, and not listening.
        Socket away = new Socket();
        away.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (away;
                Heard heard = new Heard();
                Holdfast locks =
                        Holdfast.open("memcached://" + memcached.address() + ",127.0.0.1:" + away.getLocalPort())) {
            assertThat(heard.lines()).singleElement().asString().contains("127.0.0.1:" + away.getLocalPort());
            int fine = 0;
            for (int i = 0; i < 20; i++) {
                try (Lease lease = locks.lock("job-" + i).tryAcquire()) {
                    assertThat(lease).isNotNull();
                    fine++;
                } catch (BackendException e) {
                    assertThat(e.isTransient()).isTrue();
                    assertThat(e).hasMessageContaining("nothing listens there");
                }
            }
            assertThat(fine).isBetween(1, 19);
        }
    }
}
