// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Since when a client has been connecting, when a server takes its session. */
final class HostsTest {
    private final Hosts hosts = new Hosts("127.0.0.1:1,127.0.0.1:2,127.0.0.1:3");

    @Test
    void firstConnection_countsFromItsFirstTry() {
        long before = System.nanoTime();
        hosts.next(0);
        long afterTheFirst = System.nanoTime();
        hosts.next(0);
        hosts.onConnected();
        assertThat(hosts.connectingSinceNanos() - before).isPositive();
        assertThat(hosts.connectingSinceNanos() - afterTheFirst).isNegative();
    }

    @Test
    void nextConnection_countsFromItsFirstTryAfterTheLastSuccess_whenItSucceeds() {
        hosts.next(0);
        hosts.onConnected();
        long first = hosts.connectingSinceNanos();
        long before = System.nanoTime();
        hosts.next(0);
        assertThat(hosts.connectingSinceNanos()).isEqualTo(first);
        hosts.onConnected();
        assertThat(hosts.connectingSinceNanos() - before).isPositive();
    }
}
