// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.testkit.servers.MemcachedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Others on the same servers: programs that lock with add, and clients with the same list of servers. */
final class ForeignLockersTest {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    @RegisterExtension
    static final MemcachedServer second = MemcachedServer.start(MemcachedFixture.KEEPS);

    @RegisterExtension
    static final MemcachedServer third = MemcachedServer.start(MemcachedFixture.KEEPS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(memcached);
        new Operator(second.socketAddress()).flush();
        new Operator(third.socketAddress()).flush();
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void programWithAdd_isWaitedForAndExcluded() throws Exception {
        Operator other = stage.operator();
        assertThat(other.say("add job 0 2 5\r\nother")).containsExactly("STORED");
        Holdfast locks = stage.client();
        assertThat(locks.lock("job").tryAcquire()).isNull();
        try (Lease lease = locks.lock("job").acquire(Stage.PATIENCE)) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(other.say("add job 0 2 5\r\nother")).containsExactly("NOT_STORED");
        }
        assertThat(other.say("add job 0 2 5\r\nother")).containsExactly("STORED");
    }

    @Test
    void programWithAdd_isOnlyReleasedAtOnce() {
        stage.operator().say("add job 0 60 5\r\nother");
        Holdfast locks = stage.client();
        LockInfo info = locks.inspect("job");
        assertThat(info).isNotNull();
        assertThat(info.name()).isEqualTo("job");
        assertThatThrownBy(() -> locks.forceRelease("job"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("only be released at once");
        assertThat(locks.forceReleaseNow("job")).isTrue();
        assertThat(Stage.take(locks, "job").isHeld()).isTrue();
    }

    @Test
    void severalServers_shareTheNames_inWhateverOrderTheyAreGiven() {
        List<MemcachedServer> servers = List.of(memcached, second, third);
        List<MemcachedServer> otherOrder = List.of(third, memcached, second);
        try (Holdfast one = Holdfast.open(uri(servers));
                Holdfast other = Holdfast.open(uri(otherOrder))) {
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                leases.add(Stage.take(one, "job-" + i));
                assertThat(other.lock("job-" + i).tryAcquire()).isNull();
            }
            int all = 0;
            for (MemcachedServer server : servers) {
                int there = new Operator(server.socketAddress()).locks().size();
                assertThat(there).as("locks on one of three").isBetween(5, 40);
                all += there;
            }
            assertThat(all).isEqualTo(60);
            leases.forEach(Lease::release);
            assertThat(Stage.take(other, "job-7").token())
                    .isGreaterThan(leases.get(7).token());
        }
    }

    @Test
    void oneOfSeveralServersDown_itsNamesFailAndGoNowhereElse() {
        List<MemcachedServer> servers = List.of(memcached, second, third);
        try (Holdfast locks = Holdfast.open(uri(servers) + "?lease-time=20s&call-timeout=300ms")) {
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                leases.add(Stage.take(locks, "job-" + i));
            }
            int away = new Operator(second.socketAddress()).locks().size();
            second.kill();
            try {
                leases.forEach(Lease::release);
                int failed = 0;
                for (int i = 0; i < 30; i++) {
                    try {
                        Stage.take(locks, "again-" + i).release();
                    } catch (BackendException e) {
                        assertThat(e.isTransient()).isTrue();
                        failed++;
                    }
                }
                assertThat(away).isPositive();
                assertThat(failed).isBetween(1, 29);
            } finally {
                second.restartEmpty();
            }
        }
    }

    private static String uri(List<MemcachedServer> servers) {
        return servers.stream().map(MemcachedServer::address).collect(Collectors.joining(",", "memcached://", ""));
    }

    @Test
    void namesThatDifferInCaseOrSpaces_areDifferentLocks() {
        Holdfast locks = stage.client();
        List<String> names =
                List.of("Job", "job", "job ", "j\u00f6b", "j o b", "job\r\nmd job", "x".repeat(500), "\ud83d\udd12");
        List<Lease> leases = new ArrayList<>();
        for (String name : names) {
            leases.add(Stage.take(locks, name));
        }
        assertThat(stage.operator().locks()).hasSize(names.size());
        for (String name : names) {
            LockInfo info = locks.inspect(name);
            assertThat(info).isNotNull();
            assertThat(info.name()).isEqualTo(name);
        }
        leases.forEach(Lease::release);
        assertThat(stage.operator().locks()).isEmpty();
    }
}
