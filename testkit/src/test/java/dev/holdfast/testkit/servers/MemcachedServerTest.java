// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MemcachedServerTest {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start("-m", "16");

    @Test
    void start_answersWithTheOption() throws IOException {
        assertThat(memcached.uri()).isEqualTo("memcached://" + memcached.address());
        assertThat(Exchange.firstAnswer(memcached.port(), "version\r\n")).startsWith("VERSION 1.");
        assertThat(Exchange.firstAnswer(memcached.port(), "stats settings\r\n"))
                .contains("STAT maxbytes " + 16 * 1024 * 1024);
    }

    @Test
    void kill_andRestart_answersAgain() throws IOException {
        memcached.kill();
        memcached.restart();
        assertThat(Exchange.firstAnswer(memcached.port(), "set k 0 0 1\r\nv\r\n"))
                .isEqualTo("STORED\r\n");
    }
}
