// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong, and what they are told. */
final class BadInputTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
        // Who cleans up afterwards.
        for (String user : List.of("owner:right", "me:secret")) {
            stage.operator().session().addAuthInfo("digest", user.getBytes(StandardCharsets.UTF_8));
        }
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static BackendException failure(String uri) {
        BackendException failure = catchThrowableOfType(
                BackendException.class, () -> Holdfast.open(uri).close());
        assertThat(failure).as("failure of %s", uri).isNotNull();
        return failure;
    }

    private static BackendException failureOf(Holdfast client, String name) {
        BackendException failure = catchThrowableOfType(
                BackendException.class, () -> client.lock(name).tryAcquire());
        assertThat(failure).as("failure of %s", name).isNotNull();
        return failure;
    }

    @Test
    void nobodyListens_isSaidSoon() {
        long before = System.nanoTime();
        BackendException failure = failure("zookeeper://127.0.0.1:" + LoopbackPorts.free(1)[0]);
        assertThat(failure).hasMessageContaining("nothing listens there");
        assertThat(failure.isTransient()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void hostThatNobodyKnows_isSaid() {
        BackendException failure = failure("zookeeper://nowhere.invalid:2181");
        assertThat(failure).hasMessageContaining("nowhere.invalid:2181: its host is not known");
    }

    @Test
    void serverThatDoesNotAnswer_isSaid() throws Exception {
        try (java.net.ServerSocket silent =
                new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress())) {
            assertThat(failure("zookeeper://127.0.0.1:" + silent.getLocalPort() + "?call-timeout=1s"))
                    .hasMessageContaining("it does not answer");
        }
    }

    @Test
    void somethingElseListens_isSaid() throws Exception {
        try (java.net.ServerSocket other =
                new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> {
                try {
                    while (true) {
                        try (java.net.Socket client = other.accept()) {
                            client.getOutputStream()
                                    .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                } catch (java.io.IOException e) {
                    // The test is over.
                }
            });
            answers.start();
            assertThat(failure("zookeeper://127.0.0.1:" + other.getLocalPort()))
                    .hasMessageContaining("does not speak as ZooKeeper does");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zookeeper:/path                          | names no host",
                "zookeeper://me@h/path                    | only one of user and password",
                "zookeeper://h/a//b                       | path that ZooKeeper cannot have",
                "zookeeper://h/zookeeper/locks            | keeps for itself",
                "zookeeper://h/l?dialect=curater          | did you mean curator",
                "zookeeper://h/l?parent=child             | Unknown value of URI parameter parent",
                "zookeeper://h/l?acl=creator              | needs somebody who creates",
                "zookeeper://h/l?ca=/etc/hosts            | add tls=true",
                "zookeeper://h/l?tls=true&cert=/etc/hosts | belong together",
                "zookeeper://h/l?tls=true&ca=/no/file     | no file that can be read",
                "zookeeper://h/l?remove-unused=1h          | is about parent=persistent",
                "zookeeper://h/l?parent=persistent&remove-unused=0s | more than nothing",
                "zookeeper://h/l?tick=0s                  | more than nothing",
                "zookeeper://h/l?session-timeout=60d      | lasts from 1 ms to 24 days",
                "zookeeper://h/l?sesion-timeout=60s       | did you mean session-timeout"
            })
    void uri_wrong_isRefusedBeforeAnyRequest(String uri, String words) {
        assertThatThrownBy(() -> ZooKeeperBackend.of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void password_isInNoMessage() {
        String uri = "zookeeper://me:hush@127.0.0.1:" + LoopbackPorts.free(1)[0] + "/l";
        assertThat(failure(uri)).hasMessageNotContaining("hush");
    }

    @Test
    void leaseBelowTheServersFloor_isRaisedAndReported() {
        Holdfast client = stage.clientAt(stage.servers(), "lease-time=100ms");
        Lease lease = Stage.take(client, "job");
        assertThat(lease.leaseTime()).isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void leaseAboveTheServersCeiling_isGrantedAsFarAsItGoes() {
        Holdfast client = stage.clientAt(stage.servers(), "lease-time=1h");
        assertThat(Stage.take(client, "job").leaseTime()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void tickThatLeavesNoTimeOfTheSession_isRefused() {
        assertThat(failure("zookeeper://" + stage.servers() + "/l?session-timeout=1s&tick=2s"))
                .hasMessageContaining("too short for tick=2000ms");
    }

    @Test
    void foreignChild_isSaidAndLeft() {
        stage.operator().create(stage.path());
        stage.operator().create(stage.path() + "/job");
        stage.operator().create(stage.path() + "/job/leases");
        BackendException failure = failureOf(stage.client("session-timeout=2s"), "job");
        assertThat(failure).hasMessageContaining("stands leases, which is no contender");
        assertThat(failure.isTransient()).isFalse();
        assertThat(stage.operator().stat(stage.path() + "/job/leases")).isNotNull();
        assertThat(stage.contenders()).isEmpty();
    }

    @Test
    void foreignChild_withNestedNames_isADirectory() {
        Holdfast client = stage.client("session-timeout=2s&nested=true");
        Lease inner = Stage.take(client, "a/b");
        Lease outer = Stage.take(client, "a");
        assertThat(client.lock("a").tryAcquire()).isNull();
        assertThat(client.lock("a/b").tryAcquire()).isNull();
        try (var locks = client.list("a")) {
            assertThat(locks.map(dev.holdfast.LockInfo::name)).containsExactly("a", "a/b");
        }
        inner.release();
        outer.release();
    }

    @Test
    void ephemeralNodeInPlaceOfALock_isSaid() {
        stage.operator().create(stage.path());
        stage.operator().create(stage.path() + "/job", CreateMode.EPHEMERAL);
        assertThat(failureOf(stage.client("session-timeout=2s"), "job"))
                .hasMessageContaining("somebody's ephemeral node");
    }

    @Test
    void nameThatZooKeeperKeepsForItself_isSaid() {
        try (Holdfast client =
                Holdfast.open("zookeeper://" + stage.servers() + "/?session-timeout=2s&tick=200ms&call-timeout=5s")) {
            assertThat(failureOf(client, "zookeeper")).hasMessageContaining("keep /zookeeper for themselves");
            try (var locks = client.list("")) {
                assertThat(locks.filter(lock -> lock.name().equals("zookeeper")))
                        .isEmpty();
            }
        }
    }

    @Test
    void nestedNameThatLooksLikeAContender_isSaid() {
        Holdfast client = stage.client("session-timeout=2s&nested=true");
        assertThat(failureOf(client, "job/x-lock-0000000007"))
                .hasMessageContaining("would be taken for somebody who waits");
    }

    // Permissions

    private void protect(String path, String user) throws Exception {
        try (Operator owner = new Operator(stage.servers())) {
            ZooKeeper session = owner.session();
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((user + ":right").getBytes(StandardCharsets.UTF_8));
            Id id = new Id("digest", user + ":" + Base64.getEncoder().encodeToString(hash));
            session.create(
                    path,
                    new byte[0],
                    Collections.singletonList(new ACL(ZooDefs.Perms.ALL, id)),
                    CreateMode.PERSISTENT);
        }
    }

    @Test
    void pathOfSomebodyElse_isSaidForEachWayToGetItWrong() throws Exception {
        stage.operator().create(stage.path());
        protect(stage.path() + "/private", "owner");
        String rest = stage.servers() + stage.path() + "/private?session-timeout=2s&tick=200ms&call-timeout=5s";
        try (Holdfast nobody = Holdfast.open("zookeeper://" + rest);
                Holdfast wrong = Holdfast.open("zookeeper://owner:wrong@" + rest);
                Holdfast right = Holdfast.open("zookeeper://owner:right@" + rest)) {
            assertThat(failureOf(nobody, "job")).hasMessageContaining("this client has no permission");
            assertThat(failureOf(wrong, "job"))
                    .hasMessageContaining("user 'owner' has no permission")
                    .hasMessageContaining("or the password is wrong");
            Lease lease = Stage.take(right, "job");
            assertThat(right.inspect("job")).isNotNull();
            lease.release();
            assertThatThrownBy(() -> nobody.inspect("job")).isInstanceOf(BackendException.class);
        }
    }

    @Test
    void nodesOfAUser_areForHimOnly_unlessHeSaysOtherwise() throws Exception {
        String rest = stage.servers() + stage.path();
        String session = "?session-timeout=2s&tick=200ms&call-timeout=5s";
        try (Holdfast user = Holdfast.open("zookeeper://me:secret@" + rest + "/mine" + session);
                Holdfast open = Holdfast.open("zookeeper://me:secret@" + rest + "/all" + session + "&acl=open");
                Holdfast otherOfMine = Holdfast.open("zookeeper://" + rest + "/mine" + session);
                Holdfast otherOfAll = Holdfast.open("zookeeper://" + rest + "/all" + session)) {
            Stage.take(user, "job").release();
            assertThat(failureOf(otherOfMine, "job")).hasMessageContaining("no permission");
            Stage.take(open, "job").release();
            Stage.take(otherOfAll, "job").release();
        }
    }
}
