// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.Tier;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Deployment;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** The independent servers of a deployment. A lock is held by whoever has the votes of most of them. */
final class Voters {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.redis");
    private static final Duration FLOOR = Duration.ofMillis(100);
    private static final int NAME_BYTES = 10;

    /** For those that are slower than most of the others, at the start. */
    private static final long GRACE = 250_000_000L;

    /** For so long a lock that was taken is likely to be taken again. */
    private static final long CONTENDED = 1_000_000_000L;

    private static final int CORNERS = 256;
    private static final int MOST_AT_ONCE = 256;

    private final RedlockOptions options;
    private final BackendEvents events;
    private final Driver driver;
    private final List<Voter> all;
    private final String clientName;

    /** When a lock was found taken: one time for many locks, in nanoseconds, or 0. */
    private final AtomicLongArray taken = new AtomicLongArray(CORNERS);

    private final Map<String, Voter> byRun = new ConcurrentHashMap<>();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Mailbox turns = new Mailbox();

    /** Attempts; belongs to the mailbox. */
    private int underWay;

    private volatile boolean closed;

    Voters(RedlockOptions options, BackendEvents events, Driver driver) {
        this.options = options;
        this.events = events;
        this.driver = driver;
        byte[] random = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(random);
        clientName = HexFormat.of().formatHex(random);
        List<Voter> voters = new ArrayList<>();
        for (InetSocketAddress address : options.servers().addresses()) {
            voters.add(new Voter(this, driver, address, voters.size()));
        }
        all = List.copyOf(voters);
    }

    RedlockOptions options() {
        return options;
    }

    List<Voter> all() {
        return all;
    }

    int count() {
        return all.size();
    }

    int quorum() {
        return options.quorum();
    }

    /** This client, in the records of its votes. */
    String clientName() {
        return clientName;
    }

    Deployment open(Duration timeout) {
        CountDownLatch most = new CountDownLatch(quorum());
        CountDownLatch each = new CountDownLatch(count());
        CountDownLatch failures = new CountDownLatch(count() - quorum() + 1);
        CompletableFuture<Boolean> decided = new CompletableFuture<>();
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (Voter voter : all) {
            starts.add(voter.link().start());
        }
        for (CompletableFuture<Void> start : starts) {
            var unused = start.whenComplete((up, failure) -> {
                (failure == null ? most : failures).countDown();
                each.countDown();
                if (most.getCount() == 0 || failures.getCount() == 0) {
                    decided.complete(most.getCount() == 0);
                }
            });
        }
        awaitQuorum(decided, each, timeout);
        if (most.getCount() > 0) {
            throw unusable(starts, timeout);
        }
        return Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK).withLeases(FLOOR, options.maxLease());
    }

    private static void awaitQuorum(CompletableFuture<Boolean> decided, CountDownLatch each, Duration timeout) {
        try {
            boolean usable = decided.completeOnTimeout(false, timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .get();
            if (usable && !each.await(Math.min(GRACE, timeout.toNanos()), TimeUnit.NANOSECONDS)) {
                LOG.log(Level.DEBUG, "Not all Redis servers are connected yet; the others come when they can");
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("It is only ever completed with a value", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private BackendException unusable(List<CompletableFuture<Void>> starts, Duration timeout) {
        boolean tls = options.servers().access().tls();
        List<BackendException> faults = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            CompletableFuture<Void> start = starts.get(i);
            Voter voter = all.get(i);
            if (!start.isDone()) {
                faults.add(Faults.transientFault(
                        null, "Redis at " + voter + " did not answer within " + timeout.toMillis() + " ms"));
            } else if (start.isCompletedExceptionally()) {
                faults.add(Faults.unusable(voter, tls, failureOf(start)));
            }
        }
        return Tally.fault(this, null, "be opened", faults);
    }

    private static Throwable failureOf(CompletableFuture<Void> start) {
        try {
            start.join();
            return new IllegalStateException("it did not fail");
        } catch (CompletionException e) {
            return e;
        }
    }

    /** The one to ask first about a lock that is probably taken: the same for everybody, so that votes are not split. */
    @Nullable
    Voter anchor(String key) {
        int first = Math.floorMod(key.hashCode(), count());
        for (int i = 0; i < count(); i++) {
            Voter voter = all.get((first + i) % count());
            if (voter.isResponsive() && voter.counts()) {
                return voter;
            }
        }
        return null;
    }

    void wasTaken(String key) {
        taken.set(Math.floorMod(key.hashCode(), CORNERS), System.nanoTime() | 1);
    }

    boolean wasTakenLately(String key) {
        long at = taken.get(Math.floorMod(key.hashCode(), CORNERS));
        return at != 0 && System.nanoTime() - at < CONTENDED;
    }

    /** Whether another one is the same start of the same server; otherwise this one is known to be it. */
    boolean isKnownElsewhere(Voter voter, String runId) {
        byRun.entrySet()
                .removeIf(run -> run.getValue() == voter && !run.getKey().equals(runId));
        Voter first = runId.isEmpty() ? null : byRun.putIfAbsent(runId, voter);
        return first != null && first != voter;
    }

    /** Runs the start of an attempt when there is room for it. */
    void begin(Runnable start) {
        waiting.add(start);
        turns.post(this::admit);
    }

    /** An attempt is over. */
    void ended() {
        turns.post(() -> {
            underWay--;
            admit();
        });
    }

    private void admit() {
        while (underWay < MOST_AT_ONCE) {
            Runnable next = waiting.poll();
            if (next == null) {
                return;
            }
            underWay++;
            next.run();
        }
    }

    /** For the log: how many are left. */
    String left() {
        long left = all.stream().filter(Voter::isResponsive).count();
        return left + " of " + count() + " servers answer, and " + quorum() + " are needed";
    }

    /** What one server forgot, the next renewal gives back. */
    void verify() {
        events.verify();
    }

    void schedule(Runnable task, long nanos) {
        driver.schedule(task, Math.max(0, nanos));
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        CompletableFuture<?>[] closing = all.stream()
                .map(voter -> voter.link().close().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(closing).whenComplete((done, failure) -> driver.close());
    }
}
