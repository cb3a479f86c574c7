// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import dev.holdfast.testkit.scripted.Exchange.Answer;
import dev.holdfast.testkit.scripted.Records.Granted;
import dev.holdfast.testkit.scripted.Records.Pushed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store of locks inside a test, with everything that can go wrong with one. It keeps a lease per lock by a clock of its own, a line of
 * waiters, and a counter for revisions; clients talk to it by messages.
 *
 * <ul>
 *   <li>{@link #onCallersThread()} and {@link #onOwnThread()} deliver every message at once and run on the system's clock. What goes wrong is said on a
 *       {@link ScriptedLink} or here.
 *   <li>{@link #manual} leaves every message {@link #pending()} until the test delivers or loses it, and has a clock that the test moves.
 * </ul>
 */
public final class ScriptedStore implements AutoCloseable {
    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;
    private static final int PAGE = 16;

    /** How a store behaves. */
    record Rules(
            boolean line,
            boolean demand,
            boolean wakes,
            boolean blocking,
            boolean lossPushes,
            boolean prompt,
            long sessionNanos,
            boolean keepsGrants) {
        boolean sessionBound() {
            return sessionNanos > 0;
        }

        Deployment deployment() {
            return Deployment.of(Tier.L, sessionBound() ? Deployment.Expiry.SESSION : Deployment.Expiry.PER_LOCK)
                    .withLine(line)
                    .withDemand(demand)
                    .withBlocking(blocking);
        }
    }

    /** Says how a store behaves, before it is made. */
    public static final class Builder {
        private final Delivery.Mode mode;
        private final @Nullable ManualTime time;
        private boolean line = true;
        private boolean demand = true;
        private boolean wakes;
        private boolean blocking;
        private boolean lossPushes;
        private boolean prompt = true;
        private long sessionNanos;
        private long ppm;

        private Builder(Delivery.Mode mode, @Nullable ManualTime time) {
            this.mode = mode;
            this.time = time;
        }

        /**
         * Whether the store keeps a line of waiters, to whom it pushes their grants.
         *
         * @param value true unless set
         * @return this
         */
        public Builder line(boolean value) {
            line = value;
            return this;
        }

        /**
         * Whether a holder is told that another client waits.
         *
         * @param value true unless set
         * @return this
         */
        public Builder demand(boolean value) {
            demand = value;
            return this;
        }

        /**
         * Whether clients that were turned away are told when the lock comes free.
         *
         * @param value false unless set
         * @return this
         */
        public Builder wakes(boolean value) {
            wakes = value;
            return this;
        }

        /**
         * Whether calls block until they are answered.
         *
         * @param value false unless set
         * @return this
         */
        public Builder blocking(boolean value) {
            blocking = value;
            return this;
        }

        /**
         * Whether a holder that is forced out is told at once, instead of by its next renewal.
         *
         * @param value false unless set
         * @return this
         */
        public Builder lossPushes(boolean value) {
            lossPushes = value;
            return this;
        }

        /**
         * Whether the store notices an expiry when it happens, instead of at the next request. Without meaning for {@link
         * #onCallersThread()}, which never does.
         *
         * @param value true unless set
         * @return this
         */
        public Builder prompt(boolean value) {
            prompt = value;
            return this;
        }

        /**
         * Binds locks to sessions, which each client keeps alive, instead of leases.
         *
         * @param timeout for how long the store keeps a session without hearing from it
         * @return this
         */
        public Builder sessions(Duration timeout) {
            sessionNanos = timeout.toNanos();
            return this;
        }

        /**
         * How much faster than the true time the store's clock runs. Only for {@link ScriptedStore#manual}.
         *
         * @param value in parts of a million, zero unless set
         * @return this
         */
        public Builder clockRate(long value) {
            ppm = value;
            return this;
        }

        /**
         * Makes the store.
         *
         * @return the store, empty
         */
        public ScriptedStore build() {
            return new ScriptedStore(this);
        }
    }

    private final Rules rules;
    private final Records records;
    private final Delivery delivery;
    private final StoreClock clock;
    private final ReentrantLock mutex = new ReentrantLock();
    private final AtomicInteger links = new AtomicInteger();
    private Runnable step = () -> {
        throw new IllegalStateException("A call waits for the store, and nobody said what happens meanwhile");
    };

    private ScriptedStore(Builder from) {
        rules = new Rules(
                from.line,
                from.demand,
                from.wakes,
                from.blocking,
                from.lossPushes,
                from.prompt,
                from.sessionNanos,
                from.mode == Delivery.Mode.MANUAL);
        records = new Records(rules);
        clock = new StoreClock(from.time, from.ppm, EPOCH_MICROS, this::expire);
        delivery = new Delivery(from.mode, this::expire, this::nanosToNextExpiry);
    }

    /**
     * A store whose messages arrive at once, on the thread that sends them. It notices an expiry at the next request.
     *
     * @return a builder
     */
    public static Builder onCallersThread() {
        return new Builder(Delivery.Mode.DIRECT, null);
    }

    /**
     * A store whose messages arrive one after another, on a daemon thread of the store.
     *
     * @return a builder
     */
    public static Builder onOwnThread() {
        return new Builder(Delivery.Mode.THREAD, null);
    }

    /**
     * A store whose messages stay under way until the test says what becomes of them, and whose clock follows a time that the test
     * moves.
     *
     * @param time the true time
     * @return a builder
     */
    public static Builder manual(ManualTime time) {
        return new Builder(Delivery.Mode.MANUAL, time);
    }

    // Clients

    /**
     * Connects a client.
     *
     * @return its link, with a backend that is not opened
     */
    public ScriptedLink connect() {
        return new ScriptedLink(this, Integer.toString(links.incrementAndGet()), null);
    }

    /**
     * Connects a client that runs on a machine of the test.
     *
     * @param platform the machine, whose name the link takes
     * @return its link, with a backend that is not opened
     */
    public ScriptedLink connect(ManualPlatform platform) {
        return new ScriptedLink(this, platform.name(), platform);
    }

    /**
     * Connects a client on which nothing is to go wrong.
     *
     * @return its backend, not opened
     */
    public LockBackend backend() {
        return connect().backend();
    }

    // Messages of a manual store

    /**
     * The messages that are under way.
     *
     * @return in the order in which they were sent
     */
    public List<Message> pending() {
        return delivery.pending();
    }

    /** Delivers what is under way, in order, until nothing is. */
    public void deliverAll() {
        for (List<Message> left = pending(); !left.isEmpty(); left = pending()) {
            left.get(0).deliver();
        }
    }

    /**
     * Says what happens while a call waits for the store on the test's own thread: when calls block, and in {@code close()}.
     *
     * @param meanwhile makes one step: delivers a message, or moves the time
     */
    public void whileWaiting(Runnable meanwhile) {
        step = meanwhile;
    }

    // What there is, and what operators do

    /**
     * All that holds a lock or waits for one.
     *
     * @return a description of each
     */
    public Set<String> residue() {
        Set<String> all = new TreeSet<>();
        mutex.lock();
        try {
            for (Standing standing : records.standings()) {
                if (!standing.isOver(clock.nanos())) {
                    all.add(standing.toString());
                }
            }
        } finally {
            mutex.unlock();
        }
        return all;
    }

    /** The link of the client that a lock is kept for now, or null; whether its expiry was noticed or not. */
    @Nullable
    String holderOf(String key) {
        mutex.lock();
        try {
            Standing holder = records.holder(key);
            return holder == null || holder.isOver(clock.nanos()) ? null : holder.link.name();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * All revisions that were granted, in order. Only kept by a manual store.
     *
     * @return the revisions of each grant
     */
    public List<Long> grantedRevisions() {
        return change(
                current -> current.grants().stream().map(Granted::revision).toList());
    }

    /**
     * Frees a lock without telling anybody, as an operator who deletes its record.
     *
     * @param key the lock
     */
    public void remove(String key) {
        change(current -> {
            Standing holder = current.holder(key);
            return holder != null && current.leave(holder.claim);
        });
    }

    /**
     * Forgets the counter of a lock that nobody holds, if that counter lies behind the clock.
     *
     * @param key the lock
     * @return whether there was a counter to forget
     */
    public boolean purge(String key) {
        return change(current -> current.purge(key));
    }

    /**
     * Puts something that is no lock where the lock belongs.
     *
     * @param key the lock
     */
    public void spoil(String key) {
        change(current -> {
            current.spoil(key);
            return true;
        });
    }

    /**
     * Restarts the store: messages that are under way vanish.
     *
     * @param keepData whether it finds its locks, lines and counters again
     */
    public void restart(boolean keepData) {
        delivery.clear();
        change(current -> {
            if (!keepData) {
                current.clear();
            }
            return true;
        });
    }

    /**
     * Sets the store's clock forwards.
     *
     * @param by how far
     */
    public void advanceClock(Duration by) {
        clock.shift(by.toNanos());
        expire();
    }

    /** Ends the store's thread, if it has one. */
    @Override
    public void close() {
        delivery.close();
        clock.end();
    }

    // For links

    Rules rules() {
        return rules;
    }

    boolean isManual() {
        return delivery.isManual();
    }

    void step() {
        step.run();
    }

    boolean remove(Message message) {
        return delivery.remove(message);
    }

    void route(Message message) {
        switch (message.link().faults().judge(message)) {
            case PASS -> carry(message);
            case TWICE -> {
                carry(message);
                carry(message);
            }
            case KEPT, LOST -> {}
        }
    }

    void carry(Message message) {
        delivery.carry(message);
    }

    /** A request has arrived. */
    void serve(ScriptedLink link, Function<Records, Answer> request, boolean aboutLock, Consumer<Runnable> onReply) {
        List<Pushed> pushes;
        Answer answer;
        mutex.lock();
        try {
            records.moveTo(clock.nanos(), clock.micros());
            answer = request.apply(records);
            pushes = taken();
        } finally {
            mutex.unlock();
        }
        route(new Message(
                this, link, Message.Kind.REPLY, answer.text(), aboutLock, () -> onReply.accept(answer.arrival())));
        push(pushes);
    }

    /** Changes what the store keeps, and sends the pushes that come of it. */
    <T extends @Nullable Object> T change(Function<Records, T> change) {
        List<Pushed> pushes;
        T result;
        mutex.lock();
        try {
            records.moveTo(clock.nanos(), clock.micros());
            result = change.apply(records);
            pushes = taken();
        } finally {
            mutex.unlock();
        }
        push(pushes);
        return result;
    }

    private void expire() {
        change(current -> true);
    }

    private List<Pushed> taken() {
        if (rules.prompt()) {
            clock.ringAt(records.nextExpiry());
        }
        return records.takePushes();
    }

    private long nanosToNextExpiry() {
        mutex.lock();
        try {
            long next = rules.prompt() ? records.nextExpiry() : Long.MAX_VALUE;
            return next == Long.MAX_VALUE ? next : Math.max(0, next - clock.nanos());
        } finally {
            mutex.unlock();
        }
    }

    private void push(List<Pushed> pushes) {
        for (Pushed pushed : pushes) {
            ScriptedLink link = pushed.to().link;
            LinkBackend client = (LinkBackend) link.backend();
            route(new Message(
                    this, link, Message.Kind.PUSH, pushed.push() + " " + link.alias(pushed.to().claim), true, () -> {
                        if (!client.isClosed()) {
                            client.pushed(pushed);
                        }
                    }));
        }
    }

    LockInfo describe(Records current, Standing holder) {
        LockInfo.Builder info = LockInfo.of(holder.name)
                .ownerLabel(holder.ownerLabel)
                .revision(holder.revision)
                .since(Instant.EPOCH.plus(Duration.ofNanos(holder.sinceMicros * 1_000)));
        if (!rules.sessionBound()) {
            info.remaining(Duration.ofNanos(Math.max(0, holder.lifetime.expiresAt - clock.nanos())));
        }
        if (rules.line()) {
            info.waiters(current.waiters(holder.key));
        }
        return info.build();
    }

    Page page(Records current, String prefix, @Nullable String cursor) {
        List<LockInfo> locks = new ArrayList<>();
        Iterator<String> keys = current.keysFrom(cursor == null ? prefix : cursor);
        while (keys.hasNext()) {
            String key = keys.next();
            if (!key.startsWith(prefix)) {
                break;
            }
            if (locks.size() == PAGE) {
                return new Page(locks, key);
            }
            Standing holder = current.holder(key);
            if (holder != null) {
                locks.add(describe(current, holder));
            }
        }
        return new Page(locks, null);
    }
}
