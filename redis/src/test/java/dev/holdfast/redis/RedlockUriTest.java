// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.testkit.servers.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is wrong with a URI, or with what it names, is said. */
final class RedlockUriTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    @Test
    void fewerThanThreeServers_areRefused() {
        assertThatThrownBy(() -> RedlockBackend.of("redlock://one,two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fewer than 3");
    }

    @Test
    void parametersOfOtherDeployments_areUnknown() {
        for (String parameter : new String[] {"replicas=1", "barging=true", "max-leese=3s"}) {
            assertThatThrownBy(() -> RedlockBackend.of("redlock://one,two,three?" + parameter))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(parameter.substring(0, parameter.indexOf('=')))
                    .hasMessageContaining("max-lease");
        }
    }

    @Test
    void filesForTls_withoutTls_areRefusedWithTheWayToAskForIt() {
        assertThatThrownBy(() -> RedlockBackend.of("redlock://one,two,three?ca=/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tls=true")
                .hasMessageContaining("redlock:");
    }

    @Test
    void maxLeaseOutOfRange_isRefused() {
        for (String value : new String[] {"10ms", "48h"}) {
            assertThatThrownBy(() -> RedlockBackend.of("redlock://one,two,three?max-lease=" + value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("max-lease");
        }
    }

    /** Each of them would vote several times. */
    @Test
    void sameServerUnderSeveralNames_isRefused() {
        assertThatThrownBy(() -> Holdfast.open(threeTimes("127.0.0.1", "localhost", "127.0.0.2") + "?assume=durable"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("same server");
    }

    private static String threeTimes(String... names) {
        int port = redis.socketAddress().getPort();
        return "redlock://" + names[0] + ":" + port + "," + names[1] + ":" + port + "," + names[2] + ":" + port;
    }
}
