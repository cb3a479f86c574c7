// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockListener;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What a listener hears, in which order and on which threads. */
interface ListenerCases {
    @Test
    default void listener_ofALease_hearsAcquiredThenReleased(Scene scene) {
        Heard heard = new Heard();
        Client client = scene.client(scene.unhurried(), heard);
        for (int i = 0; i < 300; i++) {
            client.take("job").release();
        }
        scene.eventually("all is heard", () -> heard.events.size() == 600);
        List<String> events = List.copyOf(heard.events);
        for (Lease lease : heard.leases) {
            String own = " " + lease.token();
            assertThat(events.stream().filter(event -> event.endsWith(own)))
                    .as("what was heard of one lease, in order")
                    .containsExactly("acquired" + own, "released" + own);
        }
        assertThat(heard.threads).doesNotContain(Thread.currentThread());
    }

    @Test
    default void listener_ofALostLease_hearsTheLossOnce(Scene scene) throws Exception {
        Heard heard = new Heard();
        Client client = scene.client(scene.options().withAutoRenewal(false), heard);
        Lease lease = client.take("job");
        scene.get(lease.whenLost().toCompletableFuture());
        lease.release();
        scene.eventually("the loss is heard", () -> heard.events.contains("lost " + lease.token() + " EXPIRED"));
        scene.throughout(Duration.ofMillis(100), "and nothing else", () -> heard.events.size() == 2);
        assertThat(heard.events).containsExactly("acquired " + lease.token(), "lost " + lease.token() + " EXPIRED");
    }

    @Test
    default void listener_ofAWaiter_hearsThatItTimedOut(Scene scene) throws Exception {
        Heard heard = new Heard();
        Client holder = scene.client();
        Client waiter = scene.client(scene.options(), heard);
        holder.take("job");
        assertThat(waiter.lock("job").tryAcquire(Duration.ofMillis(50))).isNull();
        scene.eventually("it is heard", () -> heard.events.contains("timedOut job"));
        assertThat(heard.events).hasSize(1);
    }

    @Test
    @Needs({Capability.SILENCE, Capability.LEASES})
    default void listener_inSilence_hearsThatRenewalFailedBeforeTheLoss(Scene scene) throws Exception {
        Heard heard = new Heard();
        Client client =
                scene.client(scene.options().withLeaseTime(scene.leaseTime().multipliedBy(2)), heard);
        Lease lease = client.take("job");
        client.link().silence();
        scene.get(lease.whenLost().toCompletableFuture());
        String loss = "lost " + lease.token() + " " + LeaseLoss.BACKEND_UNREACHABLE;
        scene.eventually("the loss is heard", () -> heard.events.contains(loss));
        List<String> events = List.copyOf(heard.events);
        assertThat(events).contains("renewalFailed " + lease.token());
        assertThat(events.indexOf("renewalFailed " + lease.token())).isLessThan(events.indexOf(loss));
    }

    @Test
    default void listener_throws_disturbsNothing(Scene scene) {
        Heard heard = new Heard();
        Client client = scene.client(
                scene.options(),
                new LockListener() {
                    @Override
                    public void acquired(Lease lease, Duration waited) {
                        throw new IllegalStateException("a listener that throws");
                    }
                },
                heard);
        client.take("job").release();
        scene.eventually("the other listener hears both", () -> heard.events.size() == 2);
        assertThat(client.isFree("job")).isTrue();
    }

    /** A listener that remembers. */
    final class Heard implements LockListener {
        private final Queue<String> events = new ConcurrentLinkedQueue<>();
        private final Queue<Lease> leases = new ConcurrentLinkedQueue<>();
        private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

        private void hear(String event) {
            threads.add(Thread.currentThread());
            events.add(event);
        }

        @Override
        public void acquired(Lease lease, Duration waited) {
            leases.add(lease);
            hear("acquired " + lease.token());
        }

        @Override
        public void timedOut(String lockName, Duration waited) {
            hear("timedOut " + lockName);
        }

        @Override
        public void renewalFailed(Lease lease, Throwable cause) {
            hear("renewalFailed " + lease.token());
        }

        @Override
        public void lost(Lease lease, LeaseLoss loss) {
            hear("lost " + lease.token() + " " + loss);
        }

        @Override
        public void released(Lease lease, Duration held) {
            hear("released " + lease.token());
        }
    }
}
