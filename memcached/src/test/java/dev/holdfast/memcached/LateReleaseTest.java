// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.BackendUri;
import dev.holdfast.testkit.PlainClaim;
import dev.holdfast.testkit.PlainEvents;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.proxy.FaultProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A release that leaves the process after the lease has ended, as when the process stood still in between: what its repeat does not find was not freed by it. */
final class LateReleaseTest {
    private static final Duration LEASE = Duration.ofSeconds(1);

    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    @Test
    void releaseSentAfterTheLease_whoseAnswerIsLost_isNoReleaseOfAHeldLock() throws Exception {
        try (Stage stage = new Stage(memcached)) {
            FaultProxy proxy = stage.proxy(memcached.socketAddress());
            String uri = "memcached://127.0.0.1:" + proxy.port();
            try (MemcachedBackend backend = new MemcachedBackend(MemcachedOptions.of(BackendUri.parse(uri)))) {
                backend.open(new PlainEvents(), Stage.PATIENCE);
                assertThat(releasedAfter(0, backend, proxy)).isEqualTo("freed");
                assertThat(releasedAfter(1_100, backend, proxy)).isEqualTo("freed, not held");
            }
        }
    }

    private static String releasedAfter(long millis, MemcachedBackend backend, FaultProxy proxy) throws Exception {
        PlainClaim claim = patientClaim();
        backend.acquire(claim);
        assertThat(Stage.get(claim.answer())).isEqualTo("granted");
        Stage.pause(millis);
        assertThat(claim.answers()).containsExactly("granted");
        claim.asksNow(false);
        proxy.replies().cutBefore(1);
        backend.release(claim, null);
        return Stage.get(claim.answer());
    }

    /** Nobody watches its time. */
    private static PlainClaim patientClaim() {
        return new PlainClaim("job", LEASE, false) {
            @Override
            public long giveUpNanos() {
                return System.nanoTime() + Stage.PATIENCE.toNanos();
            }
        };
    }
}
