// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with a URI, a login or a server has a message of its own. */
final class BadInputTest {
    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start(EtcdFixture.QUICK);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "etcd:|names no host",
                "etcd://h/locks|prefix",
                "etcd://user@h|no password",
                "etcd://:secret@h|no user",
                "etcd://h?ca=/x|tls=true",
                "etcd://h?tls=true&ca=/no/such/file|no file that can be read",
                "etcd://h?tls=maybe|true or false",
                "etcd://h?leasetime=3s|lease-time",
                "etcd://h,h:2379|twice",
            })
    void uri_wrong_isRefusedBeforeAnyRequest(String uri, String says) {
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    private static void refused(String uri, String says) {
        long before = System.nanoTime();
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining(says)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void nobodyListens_isSaid() {
        refused("etcd://127.0.0.1:" + LoopbackPorts.free(1)[0], "nothing listens");
    }

    @Test
    void hostUnknown_isSaid() {
        refused("etcd://no-such-host.invalid", "not known");
    }

    @Test
    void anotherServer_isSaid() {
        try (MemcachedServer other = MemcachedServer.start()) {
            refused("etcd://" + other.address(), "etcd");
        }
    }

    @Test
    void tlsAgainstAPlainPort_isSaid() {
        refused("etcd://" + etcd.address() + "?tls=true", "encrypted");
    }

    @Test
    void nameWithAForeignKey_isRefusedWithTheKey_andLeavesNothing() {
        try (Stage stage = new Stage(etcd.uri())) {
            stage.operator().put("job/config", "data", 0);
            Holdfast client = stage.client();
            assertThatThrownBy(() -> client.lock("job").acquire())
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("job/config")
                    .satisfies(e ->
                            assertThat(((BackendException) e).isTransient()).isFalse());
            await().until(() -> stage.keysOf("job").size() == 1);
            stage.operator().delete("job/");
            Stage.take(client, "job").release();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void login_wrongMissingOrWithoutPermission_isSaid_andATokenThatExpiredIsReplaced() throws Exception {
        try (EtcdServer guarded =
                EtcdServer.start("--heartbeat-interval=10", "--election-timeout=100", "--auth-token-ttl=1")) {
            admin(guarded, "user/add", "{\"name\":\"root\",\"password\":\"secret\"}");
            admin(guarded, "role/add", "{\"name\":\"root\"}");
            admin(guarded, "user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
            admin(guarded, "user/add", "{\"name\":\"app\",\"password\":\"secret2\"}");
            admin(guarded, "role/add", "{\"name\":\"locks\"}");
            admin(
                    guarded,
                    "role/grant",
                    "{\"name\":\"locks\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"YXBwLw==\",\"range_end\":\"YXBwMA==\"}}");
            admin(guarded, "user/grant", "{\"user\":\"app\",\"role\":\"locks\"}");
            admin(guarded, "enable", "{}");
            refused("etcd://" + guarded.address(), "user");
            refused("etcd://app:secret3@" + guarded.address(), "password is wrong");
            String login = "etcd://app:secret2@" + guarded.address() + "?lease-time=3s";
            try (Holdfast client = Holdfast.open(login + "&prefix=app/");
                    Holdfast other = Holdfast.open(login + "&prefix=app/");
                    Holdfast astray = Holdfast.open(login)) {
                assertThatThrownBy(() -> astray.lock("job").acquire())
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("prefix")
                        .hasMessageContaining("app");
                Lease held = Stage.take(client, "job");
                CompletableFuture<Lease> waiter = other.lock("job").acquireAsync();
                // Three times as long as a token lives unused, and longer than the lease.
                Stage.pause(4_000);
                assertThat(held.isHeld()).isTrue();
                assertThat(client.inspect("job")).isNotNull();
                held.release();
                Stage.get(waiter).release();
                Stage.pause(3_000);
                Lease again = Stage.take(client, "job");
                // From now on the tokens that were given before are of an old revision of users and roles.
                Process changed = new ProcessBuilder(
                                "etcdctl",
                                "--endpoints=" + guarded.address(),
                                "--user=root:secret",
                                "role",
                                "add",
                                "others")
                        .inheritIO()
                        .start();
                assertThat(changed.waitFor()).isZero();
                assertThat(client.lock("other").tryAcquire()).isNotNull();
                assertThat(again.release()).isEqualTo(ReleaseResult.RELEASED);
            }
        }
    }

    private static void admin(EtcdServer server, String what, String json) {
        assertThat(Gateway.post(server.address(), "auth/" + what, json))
                .as(what)
                .contains("header")
                .doesNotContain("error");
    }
}
