// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.proxy.FaultProxy;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A release that leaves the process after the lease has ended, as when the process stood still in between: what its repeat does not find was not freed by it. */
final class LateReleaseTest {
    private static final long LEASE = TimeUnit.SECONDS.toNanos(1);

    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    @Test
    void releaseSentAfterTheLease_whoseAnswerIsLost_isNoReleaseOfAHeldLock() throws Exception {
        try (Stage stage = new Stage(memcached)) {
            FaultProxy proxy = stage.proxy(memcached.socketAddress());
            String uri = "memcached://127.0.0.1:" + proxy.port();
            try (MemcachedBackend backend = new MemcachedBackend(MemcachedOptions.of(BackendUri.parse(uri)))) {
                backend.open(silent(), Stage.PATIENCE);
                assertThat(releasedAfter(0, backend, proxy)).isEqualTo("freed, held until then");
                assertThat(releasedAfter(1_100, backend, proxy)).isEqualTo("freed, not held");
            }
        }
    }

    private static String releasedAfter(long millis, MemcachedBackend backend, FaultProxy proxy) throws Exception {
        Asked claim = new Asked();
        backend.acquire(claim);
        assertThat(claim.answer()).isEqualTo("granted");
        Stage.pause(millis);
        proxy.replies().cutBefore(1);
        backend.release(claim, null);
        return claim.answer();
    }

    private static BackendEvents silent() {
        return (BackendEvents) Proxy.newProxyInstance(
                BackendEvents.class.getClassLoader(),
                new Class<?>[] {BackendEvents.class},
                (self, method, args) -> null);
    }

    /** A claim that nobody watches the time of. */
    private static final class Asked extends Claim {
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

        String answer() throws InterruptedException {
            return String.valueOf(answers.poll(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }

        @Override
        public String key() {
            return "job";
        }

        @Override
        public String name() {
            return "job";
        }

        @Override
        public String id() {
            return "claim-" + System.identityHashCode(this);
        }

        @Override
        public String ownerLabel() {
            return "test";
        }

        @Override
        public long leaseNanos() {
            return LEASE;
        }

        @Override
        public boolean waits() {
            return false;
        }

        @Override
        public long giveUpNanos() {
            return System.nanoTime() + Stage.PATIENCE.toNanos();
        }

        @Override
        public void granted(long revision, long sentNanos, long leaseNanos) {
            answers.add("granted");
        }

        @Override
        public void granted(long revision, Session session) {
            answers.add("granted");
        }

        @Override
        public void queued() {
            answers.add("queued");
        }

        @Override
        public void busy(long retryAfterNanos) {
            answers.add("busy");
        }

        @Override
        public void failed(BackendException cause, boolean mayHaveApplied) {
            answers.add("failed: " + cause);
        }

        @Override
        public void renewed(long sentNanos) {
            answers.add("renewed");
        }

        @Override
        public void gone(LeaseLoss why) {
            answers.add("gone");
        }

        @Override
        public void notRenewed(BackendException cause) {
            answers.add("not renewed: " + cause);
        }

        @Override
        public void freed(boolean held) {
            answers.add(held ? "freed, held until then" : "freed, not held");
        }

        @Override
        public void notFreed(BackendException cause) {
            answers.add("not freed: " + cause);
        }
    }
}
