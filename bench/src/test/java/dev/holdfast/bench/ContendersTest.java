// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contenders on servers, which the bench starts itself, and those that are broken. */
final class ContendersTest {
    @Test
    void store_isStartedAndSharedByItsContenders() {
        Bench bench = Bench.quick("uncontended", "--store", "redis");
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        assertThat(bench.out())
                .contains(
                        "redisson ",
                        "redisson-fair ",
                        "spring-redis ",
                        "redis-set ",
                        "holdfast@redis://",
                        "requests/grant")
                .doesNotContain("lost updates");
        Bench.leavesNoProcess();
    }

    @Test
    void zooKeeper_isStartedAndSharedByItsContenders() {
        Bench bench = Bench.quick("uncontended", "--store", "zookeeper");
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        assertThat(bench.out())
                .contains("curator ", "holdfast@zookeeper://", "requests/grant")
                .doesNotContain("lost updates");
        Bench.leavesNoProcess();
    }

    /** It waits for the disk, which may take a second now and then. */
    @Test
    void etcd_isStartedAndSharedByItsContenders() {
        Bench bench = Bench.quickFor("3s", "threads", "--hold", "0", "--threads", "3", "--store", "etcd");
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        assertThat(bench.out())
                .contains("jetcd ", "holdfast@etcd://", "requests/grant")
                .doesNotContain("lost updates");
        Bench.leavesNoProcess();
    }

    @ParameterizedTest
    @CsvSource({
        "memcached, memcached-add, holdfast@memcached://",
        "postgresql, sql-lock, shedlock",
        "mariadb, spring-jdbc@{mariadb}, sql-lock@{mariadb}"
    })
    void server_isStartedAndSharedByItsContenders(String store, String one, String other) {
        Bench bench = Bench.quick("threads", "--store", store);
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        assertThat(bench.out()).contains(one, other).doesNotContain("lost updates");
        Bench.leavesNoProcess();
    }

    @Test
    void floors_areMeasuredWithOneThread() {
        Bench bench =
                Bench.quick("uncontended", "-c", "memcached-ping", "-c", "sql-update", "-c", "sql-update@{mariadb}");
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        for (String floor : List.of("memcached-ping", "sql-update")) {
            assertThat(Bench.quick("threads", "-c", floor).err()).contains("cannot be waited for by two threads");
        }
    }

    @Test
    void lockThatLetsEverybodyIn_isFoundOut() {
        Bench load = Bench.quick("threads", "-c", "open-door", "--hold", "100us");
        assertThat(load.out()).contains("lost updates");
        assertThat(load.err()).contains("a contender is broken");
        assertThat(load.code()).isEqualTo(1);

        Bench waiters = Bench.quick("waiters", "-c", "open-door", "--count", "3");
        assertThat(waiters.err()).contains("open-door: ", "3 waiters ended while the lock was held");
        assertThat(waiters.code()).isEqualTo(1);

        Bench leases = Bench.quick("leases", "-c", "open-door", "--count", "3");
        assertThat(leases.out()).contains("lost locks");
        assertThat(leases.code()).isEqualTo(1);
    }

    @Test
    void storeThatTellsItsRequests_hasThemDividedByItsGrants() {
        Bench load = Bench.quick("uncontended", "-c", "telling");
        assertThat(load.code()).as(load.err()).isZero();
        assertThat(load.out()).contains("requests/grant");
        assertThat(Bench.quick("leases", "-c", "telling", "--count", "3").out()).contains("requests/s");
    }

    @Test
    void contenderThatCannotConnect_isNamedWithTheReason() {
        Bench bench = Bench.quick("uncontended", "-c", "telling@down");
        assertThat(bench.code()).isEqualTo(1);
        assertThat(bench.err()).contains("telling@down", "cannot reach the store: down");
        Bench.leavesNoProcess();
    }
}
