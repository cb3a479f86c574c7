// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import dev.holdfast.Holdfast;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.console.Progress;
import dev.holdfast.cli.console.Text;
import dev.holdfast.cli.demo.DemoCommand.Guard;
import dev.holdfast.cli.demo.DemoCommand.Load;
import dev.holdfast.cli.demo.DemoCommand.Round;
import dev.holdfast.cli.demo.WorkerProcess.Message;
import dev.holdfast.cli.options.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The demo's parent process: starts the workers, leads them through the rounds, and says what came of it. */
final class Demo {
    private static final long TICK_MILLIS = 200;
    private static final long START_SECONDS = 60;

    private final Load load;
    private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Progress progress = new Progress(System.err);

    Demo(Load load) {
        this.load = load;
    }

    /**
     * Runs all rounds.
     *
     * @param uri the store, or null for one of its own
     * @return the exit code
     */
    int run(@Nullable String uri) throws IOException, InterruptedException {
        if (uri != null) {
            // Before anything is made or started: a wrong URI or an unreachable server.
            try (Holdfast locks = new Store(uri).open(Map.of())) {
                locks.lock(DemoWorker.LOCK);
            }
        }
        try (Workplace place = new Workplace()) {
            Store store = uri == null ? Store.of(place.directory("locks")) : new Store(uri);
            Path file = place.path("counter");
            say(Sentences.opening(load));
            List<Round> rounds = new ArrayList<>();
            try (Counter counter = new Counter(file)) {
                for (int i = 0; i < load.processes(); i++) {
                    WorkerProcess worker = WorkerProcess.start(load.arguments(file), store, inbox);
                    workers.add(worker);
                    place.kills(worker);
                }
                for (Guard guard : Guard.values()) {
                    rounds.add(round(guard, guard.label(store), counter));
                }
            } catch (Failure e) {
                place.waitIfEnding(); // then this is not the reason but its consequence
                throw e;
            } finally {
                progress.clear();
            }
            return conclude(rounds);
        }
    }

    private Round round(Guard guard, String label, Counter counter) throws IOException, InterruptedException {
        counter.write(0);
        progress.start(label, load.total());
        tell(workers, "round " + guard);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        Set<WorkerProcess> starting = new HashSet<>(workers);
        while (!starting.isEmpty()) {
            Message message = inbox.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (message == null) {
                throw new Failure(
                        ExitCodes.FAILURE, "the demo's processes did not start within " + START_SECONDS + " s");
            }
            check(message);
            if (message.words()[0].equals("ready")) { // and not a late answer from the round before
                starting.remove(message.worker());
            }
        }
        tell(workers, "go");
        Tally tally = new Tally();
        while (tally.done.size() < workers.size()) {
            Message message = inbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (message == null) {
                tell(tally.counting(), "count");
            } else {
                check(message);
                tally.add(message);
                progress.show(tally.grants());
            }
        }
        return new Round(
                label, load.total(), counter.read(), tally.perSecond(), guard == Guard.NONE ? null : tally.longestWait);
    }

    private static void check(Message message) {
        if (message.line().isEmpty()) {
            throw new Failure(
                    ExitCodes.FAILURE, "process " + message.worker().pid() + " of the demo has ended unexpectedly");
        }
        String[] words = message.words();
        if (words[0].equals("failed")) {
            int code = Integer.parseInt(words[1]);
            throw new Failure(
                    code == ExitCodes.UNAVAILABLE ? code : ExitCodes.FAILURE,
                    "a process of the demo failed: " + words[2]);
        }
    }

    private static void tell(Iterable<WorkerProcess> workers, String line) {
        for (WorkerProcess worker : workers) {
            worker.say(line);
        }
    }

    /** Prints the table and what it means. */
    private int conclude(List<Round> rounds) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(Round.header());
        rounds.forEach(round -> rows.add(round.row()));
        System.out.println();
        System.out.print(Text.table(rows));
        System.out.println();
        Round none = rounds.get(0);
        Round threads = rounds.get(1);
        Round locked = rounds.get(2);
        System.out.println(Sentences.unlocked(none));
        System.out.println(Sentences.threadsOnly(threads, load.processes()));
        System.out.println(Sentences.locked(locked));
        System.out.flush();
        return locked.lost() == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** What the workers have said in one round. */
    private final class Tally {
        private final Set<WorkerProcess> done = new HashSet<>();
        private final Map<WorkerProcess, Long> grants = new HashMap<>();
        private final Map<WorkerProcess, Double> rates = new HashMap<>();
        private final Set<WorkerProcess> asked = new HashSet<>();
        private long longestWait;

        void add(Message message) {
            WorkerProcess worker = message.worker();
            boolean isDone = message.words()[0].equals("done");
            grants.put(worker, message.number(1));
            // Rates are of the time in which everybody was counting, so they stand still with the first who is done:
            // what the
            // others had by then, they are asked at once.
            if (done.isEmpty() || !rates.containsKey(worker) || asked.remove(worker)) {
                rates.put(worker, message.number(1) / (message.number(2) / 1e9));
            }
            if (isDone) {
                longestWait = Math.max(longestWait, message.number(3));
                done.add(worker);
                if (done.size() == 1) {
                    asked.addAll(counting());
                    tell(counting(), "count");
                }
            }
        }

        List<WorkerProcess> counting() {
            return workers.stream().filter(worker -> !done.contains(worker)).toList();
        }

        long grants() {
            return grants.values().stream().mapToLong(Long::longValue).sum();
        }

        double perSecond() {
            return rates.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }
}
