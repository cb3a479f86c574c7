// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The layout, which clients of different versions must agree on. */
final class KeysTest {
    @ParameterizedTest
    @CsvSource({"job, 2, 0", "job, 3, 0", "job, 5, 4", "orders.42, 3, 1", "a, 3, 0", "b, 7, 4"})
    void serverOfAKey_neverChanges(String key, int servers, int server) {
        assertThat(Keys.server(key, servers)).isEqualTo(server);
    }

    @Test
    void listOfServers_isTheSameInEveryOrder() {
        InetSocketAddress one = InetSocketAddress.createUnresolved("a", 11211);
        InetSocketAddress two = InetSocketAddress.createUnresolved("a", 11212);
        InetSocketAddress three = InetSocketAddress.createUnresolved("b", 11211);
        assertThat(Keys.sorted(List.of(three, two, one))).containsExactly(one, two, three);
    }

    @Test
    void counterOfALock_isNoKeyOfALock() {
        assertThat(Keys.space().keyOf("job:f")).isNotEqualTo(Keys.counter("job"));
        assertThat(Keys.counter(Keys.space().keyOf("x".repeat(1_024))).length()).isLessThanOrEqualTo(250);
    }

    @ParameterizedTest
    @CsvSource({"1000, 3", "1001, 4", "30000, 32", "2591998000, 2592000"})
    void secondsOfAnItem_outliveItsLeaseByMoreThanOne(long leaseMillis, long seconds) {
        assertThat(Lifetime.seconds(TimeUnit.MILLISECONDS.toNanos(leaseMillis))).isEqualTo(seconds);
    }
}
