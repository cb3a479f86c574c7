// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One run of a race: clients on one store, whose actions, messages, alarms and callbacks happen in the order that the choices say, and
 * the promises that must hold after every step.
 *
 * <p>Messages of one connection and direction arrive in order, except those that a fault delays or doubles. Of two orders of
 * neighbouring steps at different places, which cannot make a difference, only one is played; the promises are therefore checked
 * against the store, and not between clients.
 */
final class Race {
    static final Duration LEASE = Duration.ofSeconds(3);
    static final LockOptions OPTIONS =
            LockOptions.defaults().withLeaseTime(LEASE).withCallTimeout(Duration.ofSeconds(1));
    static final String LOCK = "lock";

    private static final System.Logger FIGURES = System.getLogger(Race.class.getName());

    /** Kept, because the logging system itself does not. */
    private static final Logger LOG = Logger.getLogger("dev.holdfast");

    static {
        LOG.setLevel(Level.OFF);
    }

    private static final int EVERYWHERE = -1;
    private static final int AT_STORE = 0;

    /** A run that only repeats another one in a different order. */
    static final class Redundant extends Error {
        private static final long serialVersionUID = 1L;

        Redundant() {
            super(null, null, false, false);
        }
    }

    /** Something that can happen next: where, and what makes it the same step as one that could have happened before. */
    private record Step(int place, Object identity, String text, Runnable what) {
        @Override
        public String toString() {
            return text;
        }
    }

    private static final class Action {
        final int place;
        final String text;
        final BooleanSupplier enabled;
        final Runnable what;
        boolean done;

        Action(int place, String text, BooleanSupplier enabled, Runnable what) {
            this.place = place;
            this.text = text;
            this.enabled = enabled;
            this.what = what;
        }
    }

    /** A message that left its place in the order. */
    private record Stray(Message message) {}

    final Choices choices;
    final ManualTime time = new ManualTime();
    final ScriptedStore store;
    final List<Client> clients = new ArrayList<>();
    final List<Attempted> attempts = new ArrayList<>();
    private final List<Action> actions = new ArrayList<>();
    private final List<Stray> strays = new ArrayList<>();
    private Set<Object> enabledBefore = Set.of();
    private int lastPlace = EVERYWHERE;
    private int earlyMoves = 1;
    private boolean lateCallbacks;
    private boolean forced;
    private int faults;
    private boolean mayExpire;
    private boolean playing;
    private boolean slowed;
    private long horizon = Duration.ofSeconds(1).toNanos();
    private final Map<String, Long> lastTokens = new HashMap<>();

    /** A race on a store with a line, which tells of rivals. */
    Race(Choices choices) {
        this(choices, store -> store);
    }

    /** A race on a store of some kind. */
    Race(Choices choices, UnaryOperator<ScriptedStore.Builder> kind) {
        this.choices = choices;
        this.store = kind.apply(ScriptedStore.manual(time)).build();
        this.store.whileWaiting(this::stepOrMove);
    }

    /** No race at all: everything happens in its ordinary order, and only when it is told to. */
    static Race plain(UnaryOperator<ScriptedStore.Builder> kind) {
        return new Race(Choices.from(new int[0], new int[0], new Choices.Bounds(0, 0, 0)), kind);
    }

    static Race plain() {
        return plain(store -> store);
    }

    /** Plays a race in every way, within bounds. */
    static Exploration.Result explore(Exploration bounds, Exploration.Scenario scenario) {
        long[] redundant = {0};
        Exploration.Result result = bounds.run(whole(scenario, redundant));
        FIGURES.log(
                System.Logger.Level.DEBUG, () -> result + ", " + redundant[0] + " of these runs only repeated others");
        return result;
    }

    /** Plays one run again, as the error of a failed run says it. */
    static void replay(Exploration bounds, String sequence, Exploration.Scenario scenario) {
        bounds.replay(sequence, whole(scenario, new long[1]));
    }

    private static Exploration.Scenario whole(Exploration.Scenario scenario, long[] redundant) {
        return choices -> {
            try {
                scenario.run(choices);
            } catch (Redundant e) {
                redundant[0]++;
            }
        };
    }

    // The scene

    Client client(String name) {
        return client(name, 0, OPTIONS);
    }

    Client client(String name, long ppm, LockOptions options) {
        ManualPlatform platform = new ManualPlatform(name, time, ppm);
        platform.whileParked(this::stepOrMove);
        Client client = new Client(clients.size() + 1, platform, store.connect(platform), options);
        clients.add(client);
        return client;
    }

    /** How often time may move although something else could happen: messages are slow then. */
    Race slow(int moves) {
        earlyMoves = moves;
        return this;
    }

    Race callbacksLate() {
        lateCallbacks = true;
        return this;
    }

    /** The lock may be taken from its holder by an operator. */
    Race operators() {
        forced = true;
        return this;
    }

    /** A lease may run out: it is not renewed, or its client is cut off. */
    Race expiring() {
        mayExpire = true;
        return this;
    }

    /** Until when time moves while nothing else happens. */
    Race until(Duration end) {
        horizon = end.toNanos();
        return this;
    }

    Attempted acquire(Client client) {
        return attempt(client, client.locks.lock(LOCK).acquireAsync());
    }

    Attempted acquire(Client client, Duration timeout) {
        return attempt(client, client.locks.lock(LOCK).acquireAsync(timeout));
    }

    Attempted attempt(Client client, CompletableFuture<Lease> future) {
        Attempted attempted = new Attempted(client.platform.name() + "'s " + (attempts.size() + 1), client, future);
        attempts.add(attempted);
        return attempted;
    }

    /** A lease, got without any race. */
    Attempted hold(Client client) {
        Attempted attempted = acquire(client);
        quiet();
        if (!attempted.isHeld()) {
            throw new AssertionError("not granted: " + attempted);
        }
        return attempted;
    }

    void action(Client client, String text, Runnable what) {
        action(client, text, () -> true, what);
    }

    void action(Client client, String text, BooleanSupplier enabled, Runnable what) {
        actions.add(new Action(client.index, client.platform.name() + ": " + text, enabled, what));
    }

    void releases(Attempted attempted) {
        action(attempted.client, "release " + attempted.name, () -> attempted.given, attempted::release);
    }

    void cancels(Attempted attempted) {
        action(attempted.client, "cancel " + attempted.name, () -> !attempted.future.isDone(), attempted::cancel);
    }

    void closes(Client client) {
        action(client, "close", () -> {
            client.closed = true;
            client.locks.close();
        });
    }

    void operator(String text, Runnable what) {
        forced = true;
        actions.add(new Action(AT_STORE, "operator: " + text, () -> true, what));
    }

    // Playing

    /** Plays until nothing is left to do before the horizon. */
    void play() {
        playing = true;
        boolean more = true;
        while (more) {
            more = step();
        }
        playing = false;
    }

    /** While a call blocks. */
    private void stepOrMove() {
        if (playing) {
            if (!step() && !moveOn()) {
                wait50();
            }
        } else if (!drain()) {
            wait50();
        }
    }

    private void wait50() {
        slowed = true;
        time.skip(Duration.ofMillis(50));
        check();
    }

    private boolean step() {
        List<Step> steps = steps();
        List<Step> wanted = new ArrayList<>(steps.size());
        for (Step step : steps) {
            boolean swappable = !choices.isSampled()
                    && lastPlace != EVERYWHERE
                    && step.place != EVERYWHERE
                    && step.place < lastPlace
                    && enabledBefore.contains(step.identity);
            if (!swappable) {
                wanted.add(step);
            }
        }
        if (steps.isEmpty()) {
            return false;
        }
        if (wanted.isEmpty()) {
            throw new Redundant();
        }
        Step step = choices.pick(wanted);
        Set<Object> enabled = new HashSet<>();
        steps.forEach(each -> enabled.add(each.identity));
        enabledBefore = enabled;
        lastPlace = step.place;
        step.what.run();
        check();
        if (choices.isTraced()) {
            choices.note("    at " + time.nanos() / 1_000_000 + " ms: " + attempts + " store " + store.residue()
                    + " for " + store.holderOf(LOCK));
        }
        return true;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        List<Message> heads = heads();
        for (Message head : heads) {
            steps.add(new Step(place(head), head, head.toString(), head::deliver));
        }
        for (Stray stray : strays) {
            steps.add(new Step(place(stray.message), stray, "late: " + stray.message, () -> arrive(stray)));
        }
        for (Client client : clients) {
            List<ManualPlatform.Task> tasks = client.platform.tasks();
            if (!tasks.isEmpty()) {
                ManualPlatform.Task task = tasks.get(0);
                steps.add(new Step(client.index, task, task.toString(), task::run));
            }
        }
        List<Bell> due = time.due();
        for (Bell bell : due) {
            steps.add(new Step(placeOf(bell), bell, bell.toString(), bell::ring));
        }
        for (Action action : actions) {
            if (!action.done && action.enabled.getAsBoolean()) {
                steps.add(new Step(action.place, action, action.text, () -> {
                    action.done = true;
                    action.what.run();
                }));
            }
        }
        boolean busy = !steps.isEmpty();
        if (due.isEmpty() && time.next() <= horizon && (!busy || earlyMoves > 0)) {
            steps.add(new Step(EVERYWHERE, "time", "move the time", () -> {
                if (busy) {
                    earlyMoves--;
                    slowed = true;
                }
                moveOn();
            }));
        }
        if (choices.mayFault()) {
            for (Message head : heads) {
                steps.add(new Step(place(head), List.of("lose", head), "LOSE " + head, () -> {
                    fault();
                    head.lose();
                }));
                if (store.rules().sessionBound()) {
                    // A session has one connection, on which nothing arrives twice or late.
                    continue;
                }
                steps.add(new Step(place(head), List.of("late", head), "DELAY " + head, () -> {
                    fault();
                    head.lose();
                    strays.add(new Stray(head));
                }));
                steps.add(new Step(place(head), List.of("twice", head), "TWICE " + head, () -> {
                    fault();
                    head.deliver();
                    strays.add(new Stray(head));
                }));
            }
        }
        return steps;
    }

    private void fault() {
        choices.fault();
        faults++;
    }

    private void arrive(Stray stray) {
        strays.remove(stray);
        stray.message.deliverCopy();
    }

    private boolean moveOn() {
        return time.skipToNextAlarm();
    }

    private List<Message> heads() {
        List<Message> heads = new ArrayList<>();
        Set<String> lanes = new HashSet<>();
        for (Message message : store.pending()) {
            if (lanes.add(message.link().name() + (message.kind() == Message.Kind.REQUEST))) {
                heads.add(message);
            }
        }
        return heads;
    }

    private int place(Message message) {
        return message.kind() == Message.Kind.REQUEST ? AT_STORE : placeOf(message.link());
    }

    private int placeOf(ScriptedLink link) {
        return clients.stream()
                .filter(client -> client.link == link)
                .mapToInt(client -> client.index)
                .findFirst()
                .orElse(AT_STORE);
    }

    private int placeOf(Bell bell) {
        return clients.stream()
                .filter(client -> bell.toString().startsWith("ring " + client.platform.name() + "'s"))
                .mapToInt(client -> client.index)
                .findFirst()
                .orElse(AT_STORE);
    }

    // Ending

    /** Everything arrives and runs, at this very time, in order. */
    void quiet() {
        boolean more = true;
        while (more) {
            more = drain();
        }
        lastPlace = EVERYWHERE;
    }

    /** What the store was asked since the last call, without delivering it. */
    List<String> requests() {
        return store.pending().stream()
                .filter(message -> message.kind() == Message.Kind.REQUEST)
                .map(message -> message.toString().replaceAll("^.*: ", ""))
                .toList();
    }

    /** Time passes and alarms ring, but nothing arrives. */
    void passWithoutMessages(Duration how) {
        time.advance(how);
        check();
    }

    long millis() {
        return time.nanos() / 1_000_000;
    }

    private boolean drain() {
        List<Message> messages = store.pending();
        List<Bell> due = time.due();
        if (!strays.isEmpty()) {
            arrive(strays.get(0));
        } else if (!messages.isEmpty()) {
            messages.get(0).deliver();
        } else if (!due.isEmpty()) {
            due.get(0).ring();
        } else if (clients.stream().anyMatch(client -> !client.platform.tasks().isEmpty())) {
            clients.forEach(client -> client.platform.runTasks());
        } else {
            check();
            return false;
        }
        check();
        return true;
    }

    /** Time passes without any fault. */
    void pass(Duration how) {
        long end = time.nanos() + how.toNanos();
        quiet();
        while (time.next() <= end) {
            time.skipToNextAlarm();
            check();
            quiet();
        }
        time.skip(Duration.ofNanos(end - time.nanos()));
        check();
        quiet();
    }

    /**
     * Ends the race: everything arrives; whoever holds releases and whoever waits gets the lock; then nothing is left in the store,
     * at once without faults, and after one lease time with them.
     */
    void finish() {
        releaseAll();
        boolean needsTime = faults > 0 || slowed || forced || !store.rules().line();
        for (int i = 0; needsTime && !allEnded() && i < 24 * (attempts.size() + 1); i++) {
            // Replies that were lost are asked for again; pushes that were lost are found by a re-check.
            pass(LEASE.dividedBy(12));
            releaseAll();
        }
        if (needsTime) {
            pass(LEASE.plusMillis(40));
        }
        Set<String> residue = store.residue();
        if (!residue.isEmpty()) {
            throw new AssertionError("left in the store: " + residue + ", " + attempts);
        }
        for (Attempted attempted : attempts) {
            checkEnded(attempted);
        }
        clients.forEach(this::checkListener);
        checkRevisions();
    }

    private void releaseAll() {
        quiet();
        for (int round = 0; round <= attempts.size() + 1; round++) {
            for (Attempted attempted : attempts) {
                if (attempted.given && !attempted.released) {
                    attempted.release();
                }
            }
            quiet();
        }
    }

    private boolean allEnded() {
        return attempts.stream()
                .allMatch(attempted -> attempted.future.isDone() && attempted.given == attempted.released);
    }

    private void checkEnded(Attempted attempted) {
        if (!attempted.future.isDone()) {
            throw new AssertionError("stuck though the lock is free: " + attempted);
        }
        if (attempted.cancelled && attempted.lease() != null) {
            throw new AssertionError("cancelled, and yet it has a lease: " + attempted);
        }
        if (attempted.released && attempted.results != 1) {
            throw new AssertionError("release was answered " + attempted.results + " times: " + attempted);
        }
        if (attempted.given) {
            boolean lost = !attempted.losses.isEmpty();
            if (attempted.losses.size() > 1) {
                throw new AssertionError("lost more than once: " + attempted);
            }
            if (lost && faults <= 1 && !forced && !mayExpire && !attempted.client.closed) {
                throw new AssertionError("lost, though nothing happened that must cost a lease: " + attempted);
            }
            if (lost && attempted.result != ReleaseResult.ALREADY_LOST) {
                throw new AssertionError("lost and released: " + attempted);
            }
        }
    }

    private void checkListener(Client client) {
        Set<Lease> released = Set.copyOf(client.heardReleased);
        if (released.size() != client.heardReleased.size()
                || Set.copyOf(client.heardLost).size() != client.heardLost.size()) {
            throw new AssertionError("the listener heard of one end twice");
        }
        for (Lease lost : client.heardLost) {
            if (released.contains(lost)) {
                throw new AssertionError("the listener heard that a lease was released and lost: " + lost);
            }
        }
        for (Attempted attempted : attempts) {
            if (attempted.client == client && attempted.given && !attempted.losses.isEmpty()) {
                int at = client.heardLost.indexOf(attempted.lease());
                if (at < 0 || client.lossReasons.get(at) != attempted.losses.get(0)) {
                    throw new AssertionError("the listener heard another reason: " + attempted);
                }
            }
        }
        if (client.heardAcquired.size() != client.heardReleased.size() + client.heardLost.size()) {
            throw new AssertionError("the listener heard of " + client.heardAcquired.size() + " acquisitions, "
                    + client.heardReleased.size() + " releases and " + client.heardLost.size() + " losses");
        }
    }

    private void checkRevisions() {
        List<Long> revisions = store.grantedRevisions();
        for (int i = 1; i < revisions.size(); i++) {
            if (revisions.get(i) <= revisions.get(i - 1)) {
                throw new AssertionError("revisions do not rise: " + revisions);
            }
        }
    }

    // What must hold after every step

    void check() {
        if (!lateCallbacks) {
            clients.forEach(client -> client.platform.runTasks());
        }
        Set<String> held = new HashSet<>();
        for (Attempted attempted : attempts) {
            boolean fresh = attempted.notice();
            if (fresh && attempted.heldWhenGiven) {
                long token = attempted.lease().token();
                Long last = lastTokens.put(attempted.lease().lockName(), token);
                if (last != null && token <= last) {
                    throw new AssertionError("the token does not rise over " + last + ": " + attempted);
                }
            }
            if (attempted.isHeld()) {
                checkStoreAgrees(attempted);
                if (!held.add(attempted.lease().lockName()) && !forced) {
                    throw new AssertionError("two leases are held: " + attempts);
                }
            }
        }
    }

    /** Whoever believes to hold the lock must be the one for whom the store keeps it. */
    private void checkStoreAgrees(Attempted attempted) {
        if (forced) {
            return;
        }
        String holder = store.holderOf(attempted.lease().lockName());
        if (holder == null || !holder.equals(attempted.client.link.name())) {
            throw new AssertionError(attempted + " is held, but the store keeps the lock for " + holder);
        }
    }
}
