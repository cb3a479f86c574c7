// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.ClientClosedException;
import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockException;
import dev.holdfast.LockInfo;
import dev.holdfast.LockListener;
import dev.holdfast.LockOptions;
import dev.holdfast.Tier;
import dev.holdfast.internal.names.LockNames;
import dev.holdfast.spi.AwaitingBackend;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.InstantBackend;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import dev.holdfast.spi.Printable;
import dev.holdfast.spi.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One client: the queues of its names, its keeper, its threads, and its backend. */
public final class Engine implements Holdfast {
    private static final Logger LOG = System.getLogger("dev.holdfast");
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(5);

    /** How much of the two seconds that closing may take is left to the requests that are being sent, and to the store. */
    private static final long CLOSE_SENDING = 300_000_000L;

    static final int RESTING_PLACES = 64;

    private static final long CLOSE_STORE = 1_500_000_000L;
    private static final long CLOSE_WHOLE = 1_600_000_000L;

    final Platform platform;
    final Keeper keeper;

    private final LockBackend backend;
    private final @Nullable InstantBackend instant;
    private final @Nullable AwaitingBackend awaiting;
    private final String backendId;
    private final LockOptions defaults;
    private final String prefix;
    private final List<LockListener> listeners;
    private final boolean hasListeners;
    private final Executor callbacks;
    private final Executor ownCallbacks;
    private final Executor calls;
    private final String defaultLabel = HostLabel.ofThisProcess();
    private final ConcurrentHashMap<String, LocalQueue> queues = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable LocalQueue> resting = new AtomicReferenceArray<>(RESTING_PLACES);
    private final Set<StoreClaim> departing = ConcurrentHashMap.newKeySet();
    private final ThreadHolds threadHolds = new ThreadHolds();
    private final String clientId;
    private final AtomicLong claims = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;
    private volatile Deployment deployment;

    private Engine(
            LockBackend backend,
            LockOptions defaults,
            String prefix,
            List<LockListener> listeners,
            @Nullable Executor callbacks,
            Platform platform) {
        this.backend = backend;
        this.defaults = defaults;
        this.prefix = prefix;
        this.listeners = List.copyOf(listeners);
        hasListeners = !listeners.isEmpty();
        this.platform = platform;
        instant = backend instanceof InstantBackend atOnce ? atOnce : null;
        awaiting = backend instanceof AwaitingBackend inStore ? inStore : null;
        backendId = backend.id();
        keeper = new Keeper(platform, this::renew, this::verify);
        calls = platform.executor("call");
        ownCallbacks = platform.executor("callback");
        this.callbacks = callbacks == null ? ownCallbacks : callbacks;
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        clientId = java.util.HexFormat.of().formatHex(random);
        deployment = openBackend();
    }

    private Deployment openBackend() {
        try {
            return backend.open(new Events(), OPEN_TIMEOUT);
        } catch (RuntimeException | Error e) {
            runGuarded(backend::close);
            throw e;
        }
    }

    /**
     * Opens a client.
     *
     * @param backend the store, not opened yet; closed with the client
     * @param defaults the options of locks for which nothing else is said
     * @param prefix what every name is prefixed with in the store
     * @param listeners who hears what happens
     * @param callbacks where user code is called, or null for threads of the client's own
     * @param platform clocks and threads
     * @return the client
     * @throws BackendException if the store cannot be used
     */
    public static Engine open(
            LockBackend backend,
            LockOptions defaults,
            String prefix,
            List<LockListener> listeners,
            @Nullable Executor callbacks,
            Platform platform) {
        return new Engine(backend, defaults, prefix, listeners, callbacks, platform);
    }

    /**
     * The clocks and threads of this machine.
     *
     * @return the platform of every client outside tests
     */
    public static Platform systemPlatform() {
        return new SystemPlatform();
    }

    // The client

    @Override
    public DistributedLock lock(String name) {
        return lock(name, defaults);
    }

    @Override
    public DistributedLock lock(String name, LockOptions options) {
        LockNames.check(name);
        return new NamedLock(this, name, Terms.of(options, deployment, backendId, defaultLabel));
    }

    @Override
    public @Nullable LockInfo inspect(String name) {
        LockNames.check(name);
        LockInfo info = call(name, "inspect", () -> backend.inspect(keyOf(name)));
        return info == null ? null : info.withName(name);
    }

    @Override
    public Stream<LockInfo> list(String start) {
        String from = prefix + LockNames.checkStart(start);
        return Stream.iterate(
                        page(from, null),
                        page -> page != null,
                        page -> page.cursor() == null ? null : page(from, page.cursor()))
                .flatMap(page -> page.locks().stream())
                .filter(info -> info.name().startsWith(from))
                .map(info -> info.withName(info.name().substring(prefix.length())));
    }

    private Page page(String from, @Nullable String cursor) {
        return Objects.requireNonNull(call(null, "list locks", () -> backend.list(from, cursor)));
    }

    @Override
    public boolean forceRelease(String name) {
        return forceRelease(name, false);
    }

    @Override
    public boolean forceReleaseNow(String name) {
        return forceRelease(name, true);
    }

    private boolean forceRelease(String name, boolean now) {
        LockNames.check(name);
        return Boolean.TRUE.equals(call(name, "force the release of", () -> backend.forceRelease(keyOf(name), now)));
    }

    @Override
    public Tier tier() {
        return deployment.tier();
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        closed = true;
        long now = platform.nanoTime();
        queues.values().forEach(LocalQueue::invalidate);
        List<StoreClaim> left = new ArrayList<>();
        for (LocalQueue queue : queues.values()) {
            queue.close(left, Nanos.after(now, CLOSE_SENDING));
        }
        left.addAll(departing);
        List<Claim> claimed = List.copyOf(left);
        platform.runWithin(
                () -> {
                    runGuarded(() -> backend.releaseAll(claimed, Nanos.after(now, CLOSE_STORE)));
                    runGuarded(backend::close);
                },
                CLOSE_WHOLE);
        left.forEach(claim -> claim.queue.store.closed(claim));
        keeper.end();
    }

    private <T> @Nullable T call(@Nullable String name, String what, Supplier<CompletionStage<T>> request) {
        if (closed) {
            throw new ClientClosedException(name, "The client is closed");
        }
        long timeout = Nanos.of(defaults.callTimeout());
        String lock = name == null ? "" : " " + Printable.quoted(name);
        try {
            return request.get().toCompletableFuture().get(timeout, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LockException known) {
                throw known;
            }
            throw BackendException.transientFault(
                    backendId,
                    name,
                    "Could not " + what + lock + " on " + backendId + ": " + e.getCause(),
                    e.getCause());
        } catch (TimeoutException e) {
            throw BackendException.transientFault(
                    backendId,
                    name,
                    "Could not " + what + lock + " on " + backendId + ": the store did not answer within "
                            + Text.time(timeout),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BackendException.transientFault(
                    backendId, name, "Could not " + what + lock + " on " + backendId + ": interrupted", e);
        }
    }

    // The queues

    /** The queue of a name, which may not be in use yet. */
    LocalQueue queue(String lockName) {
        String fullName = prefix.isEmpty() ? lockName : prefix + lockName;
        LocalQueue queue = queues.get(fullName);
        return queue != null ? queue : new LocalQueue(this, lockName, fullName, keyOf(lockName));
    }

    /** Puts a queue in use, unless another one of its name is. */
    boolean revive(LocalQueue queue) {
        return queues.putIfAbsent(queue.fullName, queue) == null;
    }

    void retire(LocalQueue queue) {
        queues.remove(queue.fullName, queue);
    }

    /**
     * Keeps the entry of a name that nobody uses now while it is one of those used last: names are used again, and to
     * make an entry anew each time costs more than to take a free lock. Called without any lock.
     */
    void rest(LocalQueue queue) {
        int place = queue.restingPlace;
        if (resting.get(place) != queue) {
            LocalQueue before = resting.getAndSet(place, queue);
            if (before != null && before != queue) {
                before.retire();
            }
        }
    }

    @Nullable
    InstantBackend instantBackend() {
        return instant;
    }

    /** Whether a caller's thread can wait in the store, instead of being parked here. */
    boolean canAwait(Thread caller) {
        return awaiting != null && !platform.isVirtual(caller);
    }

    /** Waits in the store until the claim has been answered or recalled, or for less. */
    void await(StoreClaim claim) {
        runGuarded(() -> Objects.requireNonNull(awaiting).await(claim));
    }

    /** Lets the thread return that waits in the store for a claim, or was about to. */
    void recall(StoreClaim claim) {
        offload(() -> runGuarded(() -> Objects.requireNonNull(awaiting).recall(claim)));
    }

    /** A claim leaves the store on its own, while its queue goes on. */
    void departs(StoreClaim claim) {
        departing.add(claim);
    }

    void departed(StoreClaim claim) {
        departing.remove(claim);
    }

    private String keyOf(String lockName) {
        return deployment.keySpace().keyOf(prefix.isEmpty() ? lockName : prefix + lockName);
    }

    String nextClaimId() {
        return clientId + "-" + Long.toString(claims.incrementAndGet(), 36);
    }

    ThreadHolds threadHolds() {
        return threadHolds;
    }

    Deployment deployment() {
        return deployment;
    }

    String backendId() {
        return backendId;
    }

    boolean isClosed() {
        return closed;
    }

    // Requests to the store

    /** Makes a blocking call on a thread of the engine; on this one if no thread can be had, because it must be made. */
    void offload(Runnable call) {
        try {
            calls.execute(call);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "No thread can be had for a call to the store; the present one is used", e);
            call.run();
        }
    }

    /** Runs something that must not stop what comes after it. */
    void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "A task of the client of " + backendId + " threw", e);
        }
    }

    void sendAcquire(StoreClaim claim) {
        try {
            backend.acquire(claim);
        } catch (RuntimeException | Error e) {
            claim.failed(defect("acquire", claim, e), true);
        }
    }

    void sendWithdraw(StoreClaim claim) {
        try {
            backend.withdraw(claim);
        } catch (RuntimeException | Error e) {
            claim.notFreed(defect("withdraw", claim, e));
        }
    }

    void sendRelease(StoreClaim claim, @Nullable StoreClaim next) {
        try {
            backend.release(claim, next);
        } catch (RuntimeException | Error e) {
            claim.notFreed(defect("release", claim, e));
            if (next != null) {
                next.failed(defect("acquire", next, e), true);
            }
        }
    }

    private void renew(List<StoreClaim> due) {
        if (deployment.blocking()) {
            offload(() -> sendRenew(due));
        } else {
            sendRenew(due);
        }
    }

    private void sendRenew(List<StoreClaim> due) {
        List<StoreClaim> held = due.stream().filter(StoreClaim::isHeld).toList();
        if (held.isEmpty()) {
            return;
        }
        try {
            backend.renew(List.copyOf(held));
        } catch (RuntimeException | Error e) {
            held.forEach(claim -> claim.notRenewed(defect("renew", claim, e)));
        }
    }

    BackendException defect(String what, StoreClaim claim, Throwable e) {
        return BackendException.fatal(
                backendId, claim.queue.lockName, "the backend threw at " + what + ", which is a defect of it: " + e, e);
    }

    private void verify() {
        queues.values().forEach(queue -> queue.answers.verify());
    }

    /** What the backend tells unasked. */
    private final class Events implements BackendEvents {
        @Override
        public void wake(String key) {
            LocalQueue named = queues.get(key);
            if (named != null && named.key.equals(key)) {
                named.answers.wake();
                return;
            }
            for (LocalQueue queue : queues.values()) {
                if (queue.key.equals(key)) {
                    queue.answers.wake();
                }
            }
        }

        @Override
        public void contended(Claim claim) {
            if (claim instanceof StoreClaim held) {
                held.queue.answers.contended(held);
            }
        }

        @Override
        public void gone(Claim claim, LeaseLoss why) {
            claim.gone(why);
        }

        @Override
        public void sessionLost(Session session, LeaseLoss why) {
            queues.values().forEach(queue -> queue.answers.sessionLost(session, why));
            departing.forEach(claim -> claim.queue.answers.departedWith(session, claim));
        }

        @Override
        public void verify() {
            Engine.this.verify();
        }
    }

    // Callbacks

    /** Runs user code on its executor, or on a thread of ours if that one takes no tasks. */
    void callback(Runnable task) {
        Runnable guarded = () -> runGuarded(task);
        try {
            callbacks.execute(guarded);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The callback executor takes no tasks; a thread of the client is used instead", e);
            ownCallbacks.execute(guarded);
        }
    }

    boolean hasListeners() {
        return hasListeners;
    }

    void tellAcquired(Ticket ticket, long waited) {
        tellAll(listener -> listener.acquired(ticket, Duration.ofNanos(waited)));
    }

    void tellTimedOut(String lockName, long waited) {
        tellAll(listener -> listener.timedOut(lockName, Duration.ofNanos(waited)));
    }

    void tellRenewalFailed(Ticket ticket, BackendException cause) {
        tellAll(listener -> listener.renewalFailed(ticket, cause));
    }

    void tellLost(Ticket ticket, LeaseLoss why) {
        tellAll(listener -> listener.lost(ticket, why));
    }

    void tellReleased(Ticket ticket, long held) {
        tellAll(listener -> listener.released(ticket, Duration.ofNanos(held)));
    }

    private void tellAll(Consumer<LockListener> event) {
        for (LockListener listener : listeners) {
            runGuarded(() -> event.accept(listener));
        }
    }

    void logLoss(Ticket ticket, LeaseLoss why) {
        Level level = switch (why) {
            case CLIENT_CLOSED -> Level.DEBUG;
            case MAX_HOLD_REACHED -> Level.WARNING;
            default -> Level.ERROR;
        };
        LOG.log(level, () -> ticket.lostException("was held").getMessage());
    }

    void logRenewalFailure(String lockName, BackendException cause) {
        LOG.log(
                Level.WARNING,
                () -> "Could not renew the lease on " + Printable.quoted(lockName) + " on " + backendId
                        + "; trying again until its deadline: " + cause.getMessage());
    }
}
