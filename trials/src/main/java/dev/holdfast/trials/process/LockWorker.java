// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client that does what it is told, in words: the main class of a {@link WorkerProcess}, and an operator for another class loader, where
 * only types of the JDK are common. One lease for each name.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><th>command</th><th>answer</th></tr>
 * <tr><td>{@code try NAME}</td><td>the token, or {@code busy}</td></tr>
 * <tr><td>{@code wait NAME}</td><td>{@code waiting}; the claim is then in line, or about to be</td></tr>
 * <tr><td>{@code token NAME}</td><td>the token of a lease that was waited for, when it is granted</td></tr>
 * <tr><td>{@code cancel NAME}</td><td>{@code cancelled}, or {@code granted}</td></tr>
 * <tr><td>{@code state NAME}</td><td>{@code none}, {@code waiting}, {@code held} or {@code over}</td></tr>
 * <tr><td>{@code watch NAME}</td><td>{@code watching}; a thread asks from then on, without a pause, whether the lease is held</td></tr>
 * <tr><td>{@code resumed NAME}</td><td>{@code held} or {@code over}: what that thread heard first after the process had stood still for two
 * seconds</td></tr>
 * <tr><td>{@code lost NAME}</td><td>the reason of the loss, when the loss is told</td></tr>
 * <tr><td>{@code release NAME}</td><td>the {@link dev.holdfast.ReleaseResult}</td></tr>
 * <tr><td>{@code inspect NAME}</td><td>the label of the holder, {@code unknown} or {@code free}</td></tr>
 * <tr><td>{@code threads PREFIX}</td><td>how many threads have such a name</td></tr>
 * <tr><td>{@code child}</td><td>the number of a child process that it started, which ends when the worker does</td></tr>
 * <tr><td>{@code close}</td><td>{@code closed}</td></tr>
 * </table>
 *
 * <p>What goes wrong is answered with the exception's text.
 */
public final class LockWorker implements UnaryOperator<String> {
    private static final long PATIENCE_SECONDS = 30;
    /** Longer than a busy machine keeps a running thread waiting, shorter than a test stops a process. */
    private static final long STANDSTILL_NANOS = 2_000_000_000L;

    private final Holdfast locks;
    private final Map<String, CompletableFuture<Lease>> leases = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Boolean>> watches = new ConcurrentHashMap<>();

    /**
     * Opens a client.
     *
     * @param uri the store
     */
    public LockWorker(String uri) {
        locks = Holdfast.open(uri);
    }

    /**
     * Starts a process with such a client.
     *
     * @param uri the store
     * @return the process
     * @throws IOException if it cannot be started
     */
    public static WorkerProcess start(String uri) throws IOException {
        return WorkerProcess.start(LockWorker.class, uri);
    }

    /**
     * The other process.
     *
     * @param args the store's URI
     * @throws InterruptedException never
     */
    public static void main(String[] args) throws InterruptedException {
        ParentProcess parent = ParentProcess.connect();
        LockWorker worker = new LockWorker(args[0]);
        while (true) {
            parent.say(worker.apply(parent.hear()));
        }
    }

    @Override
    public String apply(String command) {
        String[] words = command.split(" ", 2);
        String of = words.length == 1 ? "" : words[1];
        try {
            return switch (words[0]) {
                case "try" -> tryAcquire(of);
                case "wait" -> await(of);
                case "token" -> Long.toString(granted(of).token());
                case "cancel" -> lease(of).cancel(false) ? "cancelled" : "granted";
                case "state" -> state(of);
                case "watch" -> watch(of);
                case "resumed" -> resumed(of) ? "held" : "over";
                case "lost" ->
                    granted(of)
                            .whenLost()
                            .toCompletableFuture()
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .toString();
                case "release" -> granted(of).release().toString();
                case "inspect" -> holder(locks.inspect(of));
                case "threads" -> Long.toString(threads(of));
                case "child" -> Long.toString(new ProcessBuilder("cat").start().pid());
                case "close" -> {
                    locks.close();
                    yield "closed";
                }
                default -> "unknown command " + command;
            };
        } catch (Exception e) {
            return e.toString();
        }
    }

    private String tryAcquire(String name) {
        Lease lease = locks.lock(name).tryAcquire();
        if (lease == null) {
            return "busy";
        }
        leases.put(name, CompletableFuture.completedFuture(lease));
        return Long.toString(lease.token());
    }

    private String await(String name) {
        DistributedLock lock = locks.lock(name);
        leases.put(name, lock.acquireAsync(Duration.ofSeconds(2 * PATIENCE_SECONDS)));
        return "waiting";
    }

    private CompletableFuture<Lease> lease(String name) {
        return Objects.requireNonNull(leases.get(name), () -> "neither 'try' nor 'wait' was said of " + name);
    }

    private Lease granted(String name) throws Exception {
        return lease(name).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private String state(String name) throws Exception {
        CompletableFuture<Lease> lease = leases.get(name);
        if (lease == null || lease.isCancelled()) {
            return "none";
        }
        if (!lease.isDone()) {
            return "waiting";
        }
        return granted(name).isHeld() ? "held" : "over";
    }

    private String watch(String name) throws Exception {
        Lease lease = granted(name);
        CompletableFuture<Boolean> seen = new CompletableFuture<>();
        CountDownLatch started = new CountDownLatch(1);
        Thread watch = new Thread(
                () -> seen.completeAsync(() -> heldAfterStandstill(lease, started), Runnable::run), "watch of " + name);
        watch.setDaemon(true);
        watch.start();
        started.await();
        watches.put(name, seen);
        return "watching";
    }

    /** A thread that runs when its process is stopped is the first to go on, and asks before any timer can have acted. */
    private static boolean heldAfterStandstill(Lease lease, CountDownLatch started) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        long before = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            boolean held = lease.isHeld();
            if (now - before > STANDSTILL_NANOS) {
                return held;
            }
            if (now - end > 0) {
                throw new IllegalStateException("the process has not stood still");
            }
            before = now;
            started.countDown();
        }
    }

    private boolean resumed(String name) throws Exception {
        return Objects.requireNonNull(watches.get(name), () -> "'watch' was not said of " + name)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static String holder(@Nullable LockInfo info) {
        return info == null ? "free" : Objects.requireNonNullElse(info.ownerLabel(), "unknown");
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }
}
