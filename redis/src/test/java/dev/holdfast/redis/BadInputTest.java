// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with a URI or a server has a message of its own. */
final class BadInputTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start("--enable-debug-command", "yes");

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(redis);
    }

    @AfterEach
    void close() throws Exception {
        stage.redis().configSet("requirepass", "");
        stage.redis().configSet("maxmemory", "0");
        stage.redis().configSet("maxmemory-policy", "noeviction");
        stage.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis:|names no host",
                "redis://a,b|several hosts",
                "redis://h/x|number of a database",
                "redis://h/0/1|number of a database",
                "redis://user@h|no password",
                "redis://h?ca=/x|TLS",
                "rediss://h?ca=/no/such/file|no file that can be read",
                "redis://h?replicas=x|no whole number",
                "redis://h?replicas=-1|from 0 to 100",
                "redis://h?assume=all|assume",
                "redis://h?leasetime=3s|lease-time",
                "redis://h?barging=maybe|true or false",
                "redis-sentinel://h|name the master",
                "redis-cluster://h/3|only 0",
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
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void password_missingOrWrong_isSaid() {
        stage.redis().configSet("requirepass", "secret");
        refused("redis://" + redis.address(), "password");
        refused("redis://:secret1@" + redis.address(), "user or password is wrong");
        Holdfast.open("redis://:secret@" + redis.address()).close();
    }

    @Test
    void database_tooLarge_isSaid() {
        refused("redis://" + redis.address() + "/99", "no such database");
    }

    @Test
    void tls_againstAPlainPort_isSaid() {
        refused("rediss://" + redis.address(), "plain one");
    }

    @Test
    void nobodyListens_isSaid() {
        refused("redis://127.0.0.1:" + LoopbackPorts.free(1)[0], "Nothing listens");
    }

    @Test
    void host_unknown_isSaid() {
        refused("redis://no-such-host.invalid:6379", "not known");
    }

    @Test
    void valueOfALock_damaged_isSaid() {
        stage.redis().set("job", "hf1|claim|not-a-number|client|label");
        Holdfast client = stage.client();
        assertThatThrownBy(() -> client.inspect("job"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("damaged");
        client.forceReleaseNow("job");
        assertThat(client.inspect("job")).isNull();
    }

    @Test
    void replica_isRefusedAsReadOnly() throws Exception {
        try (RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + redis.port())) {
            refused("redis://" + replica.address(), "read-only replica");
        }
    }

    @Test
    void loadingServer_isSaid() throws Exception {
        for (int i = 0; i < 250; i++) {
            stage.redis().set("load-" + i, "x".repeat(3_000));
        }
        stage.redis().configSet("key-load-delay", "10000");
        stage.redis().configSet("loading-process-events-interval-bytes", "1024");
        try (var other =
                io.lettuce.core.RedisClient.create("redis://" + redis.address()).connect()) {
            var reload = other.async().debugReload();
            Stage.pause(500);
            refused("redis://" + redis.address(), "loads its data");
            await().atMost(Stage.PATIENCE)
                    .until(() -> reload.toCompletableFuture().isDone());
        } finally {
            await().atMost(Stage.PATIENCE).ignoreExceptions().until(() -> {
                stage.redis().configSet("key-load-delay", "0");
                return true;
            });
        }
    }

    @Test
    void memoryFull_isSaidAndHeldLocksAreReleased() {
        Holdfast client = stage.client();
        Lease held = Stage.take(client, "held");
        stage.redis().configSet("maxmemory", "1");
        assertThatThrownBy(() -> client.lock("job").tryAcquire(Duration.ofMillis(300)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("memory is full");
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        stage.redis().configSet("maxmemory", "0");
        Stage.take(client, "job").release();
    }

    @Test
    void memoryFull_releaseWithWaiters_isReleasedAllTheSame() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        CompletableFuture<Lease> waiter = stage.client().lock("job").acquireAsync();
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 1);
        stage.redis().configSet("maxmemory", "1");
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        stage.redis().configSet("maxmemory", "0");
        Stage.get(waiter).release();
    }

    @Test
    void evictionPolicy_isWarnedAboutOnce() throws Exception {
        stage.redis().configSet("maxmemory", "100mb");
        stage.redis().configSet("maxmemory-policy", "allkeys-lru");
        List<String> warnings = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                if (String.valueOf(logged.getMessage()).contains("evict")) {
                    warnings.add(logged.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.holdfast.redis");
        logger.addHandler(handler);
        try {
            Holdfast client = stage.client();
            Stage.take(client, "job");
            stage.redis()
                    .clientKill(io.lettuce.core.KillArgs.Builder.typePubsub().skipme());
            Stage.pause(300);
            Stage.take(client, "other");
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0)).contains("allkeys-lru").contains("noeviction");
    }

    @Test
    void userWithoutPermission_isToldWhichOnesLocksNeed() {
        stage.redis()
                .aclSetuser(
                        "poor",
                        io.lettuce.core.AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allCommands());
        refused("redis://poor:secret@" + redis.address(), "&hf~*");
        stage.redis().aclDeluser("poor");
    }

    @Test
    void userWithTheDocumentedPermissions_isEnough() throws Exception {
        stage.redis()
                .dispatch(
                        io.lettuce.core.protocol.CommandType.ACL,
                        new io.lettuce.core.output.StatusOutput<>(io.lettuce.core.codec.StringCodec.UTF8),
                        new io.lettuce.core.protocol.CommandArgs<>(io.lettuce.core.codec.StringCodec.UTF8)
                                .add("SETUSER")
                                .add("app")
                                .add("on")
                                .add(">secret")
                                .add("~app:*")
                                .add("~hf~*")
                                .add("&hf~*")
                                .add("+@connection")
                                .add("+@string")
                                .add("+@sortedset")
                                .add("+@pubsub")
                                .add("+@scripting")
                                .add("+@keyspace")
                                .add("+time")
                                .add("-@dangerous")
                                .add("+scan"));
        try (Holdfast client = Holdfast.open("redis://app:secret@" + redis.address() + "?prefix=app:");
                Holdfast other = Holdfast.open("redis://app:secret@" + redis.address() + "?prefix=app:")) {
            Lease held = Stage.take(client, "job");
            CompletableFuture<Lease> waiter = other.lock("job").acquireAsync();
            await().atMost(Stage.PATIENCE).until(() -> stage.inLine("app:job") == 1);
            held.release();
            Stage.get(waiter).release();
        }
        stage.redis().aclDeluser("app");
    }
}
