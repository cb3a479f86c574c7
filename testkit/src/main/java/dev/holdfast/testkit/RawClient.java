// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Session;
import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client without the engine: it asks once, and waits for the answer. */
final class RawClient implements AutoCloseable {
    private static final Set<Kind> ACQUIRING = EnumSet.of(Kind.GRANTED, Kind.QUEUED, Kind.BUSY, Kind.FAILED);
    private static final Set<Kind> RENEWING = EnumSet.of(Kind.RENEWED, Kind.GONE, Kind.NOT_RENEWED);
    private static final Set<Kind> FREEING = EnumSet.of(Kind.FREED, Kind.NOT_FREED);

    private final StoreLink link;
    private final LockBackend backend;
    private final Deployment deployment;
    private final Scene scene;
    private final Events events = new Events();
    /** A blocking backend may block: not the case's own thread. */
    private final ExecutorService calls = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "conformance-call");
        thread.setDaemon(true);
        return thread;
    });

    RawClient(StoreLink link, Scene scene) {
        this.link = link;
        this.scene = scene;
        backend = link.backend();
        deployment = backend.open(events, scene.patience());
    }

    StoreLink link() {
        return link;
    }

    LockBackend backend() {
        return backend;
    }

    Deployment deployment() {
        return deployment;
    }

    Events events() {
        return events;
    }

    boolean isLeased() {
        return deployment.expiry() == Deployment.Expiry.PER_LOCK;
    }

    /** A claim that does not wait. */
    RecordingClaim claim(String key) {
        return new RecordingClaim(key, leaseTime(), false);
    }

    /** A claim that stands in line. */
    RecordingClaim waitingClaim(String key) {
        return new RecordingClaim(key, leaseTime(), true);
    }

    Duration leaseTime() {
        return scene.leaseTime().compareTo(deployment.leaseFloor()) < 0 ? deployment.leaseFloor() : scene.leaseTime();
    }

    /** Sends a request and does not wait for the answer, but for the call to return, unless it blocks. */
    void send(RecordingClaim claim, Runnable request) throws InterruptedException {
        claim.giveUpAfter(scene.callTimeout());
        CountDownLatch returned = new CountDownLatch(1);
        calls.execute(() -> {
            request.run();
            returned.countDown();
        });
        if (!deployment.blocking()) {
            assertThat(returned.await(2, TimeUnit.SECONDS))
                    .as("the call returns without an answer")
                    .isTrue();
        } else {
            // Long enough to be sent; the answer may take longer.
            returned.await(100, TimeUnit.MILLISECONDS);
        }
    }

    private Answer ask(RecordingClaim claim, Set<Kind> kinds, Runnable request) throws InterruptedException {
        int seen = claim.count();
        claim.giveUpAfter(scene.patience());
        calls.execute(request);
        Answer answer = claim.await(seen, scene.patience(), kinds);
        if (answer == null) {
            throw new AssertionError("no answer out of " + kinds + " within " + scene.patience() + " for " + claim);
        }
        return answer;
    }

    Answer acquire(RecordingClaim claim) throws InterruptedException {
        return ask(claim, ACQUIRING, () -> backend.acquire(claim));
    }

    /** Takes a lock that must be free. */
    RecordingClaim take(String key) throws InterruptedException {
        RecordingClaim claim = claim(key);
        assertThat(acquire(claim).kind()).as("answer for the free lock %s", key).isEqualTo(Kind.GRANTED);
        return claim;
    }

    Answer withdraw(RecordingClaim claim) throws InterruptedException {
        return ask(claim, FREEING, () -> backend.withdraw(claim));
    }

    Answer release(RecordingClaim claim) throws InterruptedException {
        return release(claim, null);
    }

    Answer release(RecordingClaim claim, @Nullable RecordingClaim next) throws InterruptedException {
        if (next != null) {
            next.giveUpAfter(scene.patience());
        }
        return ask(claim, FREEING, () -> backend.release(claim, next));
    }

    Answer renew(RecordingClaim claim) throws InterruptedException {
        return ask(claim, RENEWING, () -> backend.renew(List.of(claim)));
    }

    /** Asks as the engine does, again and again, until the claim is granted. */
    Answer acquireEventually(RecordingClaim claim) throws InterruptedException {
        long end = System.nanoTime() + scene.patience().toNanos();
        Duration pause = deployment.line() ? leaseTime().dividedBy(4) : Duration.ofMillis(10);
        while (true) {
            int seen = claim.count();
            Answer answer = acquire(claim);
            if (answer.kind() != Kind.GRANTED) {
                answer = claim.await(seen, pause, EnumSet.of(Kind.GRANTED));
            }
            if (answer != null) {
                return answer;
            }
            if (end - System.nanoTime() < 0) {
                throw new AssertionError("not granted within " + scene.patience() + ": " + claim);
            }
        }
    }

    @Override
    public void close() {
        backend.close();
        calls.shutdownNow();
    }

    /** What the backend told unasked. */
    static final class Events extends PlainEvents {
        private final Queue<Claim> contended = new ConcurrentLinkedQueue<>();
        private final Queue<Claim> gone = new ConcurrentLinkedQueue<>();
        private final Queue<Session> ended = new ConcurrentLinkedQueue<>();

        boolean wasContended(Claim claim) {
            return contended.contains(claim);
        }

        boolean wasGone(Claim claim) {
            return gone.contains(claim);
        }

        boolean hasEnded(Session session) {
            return ended.contains(session);
        }

        @Override
        public void contended(Claim claim) {
            contended.add(claim);
        }

        @Override
        public void gone(Claim claim, LeaseLoss why) {
            gone.add(claim);
        }

        @Override
        public void sessionLost(Session session, LeaseLoss why) {
            ended.add(session);
        }
    }
}
