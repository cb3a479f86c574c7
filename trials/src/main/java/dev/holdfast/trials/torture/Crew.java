// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedCall;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The workers of a torture, and what can be done to them. What is done to processes is written down in the history too. */
final class Crew implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final Duration LONGEST_END = Duration.ofSeconds(60);
    /** After somebody asked to stop: then the workers that do not answer are killed. */
    private static final Duration LONGEST_HURRIED_END = Duration.ofSeconds(10);
    /** Beyond the time of the torture: a machine that is busy takes longer for everything. */
    private static final Duration SPARE = Duration.ofMinutes(10);

    private static final Duration TICK = Duration.ofMillis(100);

    private final Torture plan;
    private final Conditions conditions;
    private final Path directory;
    private final List<Link> links;
    private final SplittableRandom random;
    private final BooleanSupplier stop;
    private final HistoryRecorder recorder;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Set<WorkerProcess> ready = new HashSet<>();

    private Crew(
            Torture plan,
            Conditions conditions,
            Path directory,
            List<Link> links,
            SplittableRandom random,
            BooleanSupplier stop)
            throws IOException {
        this.plan = plan;
        this.conditions = conditions;
        this.directory = directory;
        this.links = links;
        this.random = random;
        this.stop = stop;
        this.recorder = HistoryRecorder.in(directory);
    }

    /** Starts the workers; returns when all of them are at it, or somebody asked to stop. */
    static Crew start(
            Torture plan,
            Conditions conditions,
            Path directory,
            List<Link> links,
            SplittableRandom random,
            BooleanSupplier stop)
            throws IOException {
        Crew crew = new Crew(plan, conditions, directory, links, random, stop);
        try {
            for (int i = 0; i < plan.processes(); i++) {
                crew.workers.add(crew.worker(i));
            }
            long end = System.nanoTime() + LONGEST_START.toNanos();
            for (WorkerProcess worker : crew.workers) {
                Optional<String> line = crew.hear(worker, end, stop);
                if (line.isPresent()) {
                    expect("ready", worker, line.get());
                    crew.ready.add(worker);
                } else if (!stop.getAsBoolean()) {
                    throw new IOException(
                            worker + " could not open the store within " + LONGEST_START.toSeconds() + " s");
                }
            }
            return crew;
        } catch (IOException | RuntimeException e) {
            crew.close();
            throw e;
        }
    }

    private WorkerProcess worker(int number) throws IOException {
        WorkerProcess worker = WorkerProcess.start(
                TortureWorker.class,
                conditions.settings(),
                directory.toString(),
                Integer.toString(plan.threads()),
                Integer.toString(plan.names()),
                Long.toString(random.nextLong()),
                Long.toString(plan.time().plus(SPARE).toSeconds()),
                conditions.lockPrefix(),
                Long.toString(conditions.longestHold().toMillis()));
        // Not as an argument: it may hold a password.
        worker.tell(link(number).uri());
        return worker;
    }

    private Link link(int worker) {
        return links.get(worker % links.size());
    }

    /** Nothing if it is silent until the end, or until somebody asked to stop. */
    private Optional<String> hear(WorkerProcess worker, long end, BooleanSupplier until) throws IOException {
        while (true) {
            Optional<String> line = worker.heard(TICK);
            if (line.isPresent() || System.nanoTime() - end > 0 || until.getAsBoolean()) {
                return line;
            }
        }
    }

    private static String expect(String word, WorkerProcess worker, String line) throws IOException {
        if (!line.startsWith(word)) {
            throw new IOException(worker + " said: " + line);
        }
        return line;
    }

    /** One that is still starting holds nothing that it could be hit with; on a slow machine that would be most. */
    void awaitReady(int number) throws IOException {
        WorkerProcess worker = workers.get(number);
        if (!ready.contains(worker)) {
            Optional<String> line =
                    hear(worker, System.nanoTime() + conditions.longestFault().toNanos(), stop);
            if (line.isPresent()) {
                expect("ready", worker, line.get());
                ready.add(worker);
            }
        }
    }

    int size() {
        return workers.size();
    }

    long pid(int worker) {
        return workers.get(worker).pid();
    }

    /** Before all servers, or before one of them; on the way of one worker, or of all if that is negative. */
    List<FaultProxy> proxies(int worker, int server) {
        return (worker < 0 ? links : List.of(link(worker)))
                .stream()
                        .flatMap(link -> link.proxies().stream()
                                .skip(Math.max(0, server))
                                .limit(server < 0 ? Long.MAX_VALUE : 1))
                        .toList();
    }

    /** Waits, but not when somebody asked to stop. */
    void rest(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !stop.getAsBoolean(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TICK.toNanos()));
        }
    }

    void kill(int victim) throws IOException {
        WorkerProcess worker = workers.get(victim);
        RecordedCall call = recorder.killing(worker.pid());
        worker.kill();
        call.done();
        ready.remove(worker);
        workers.set(victim, worker(victim));
    }

    void stopAndKill(int victim, long nanos) throws IOException {
        workers.get(victim).stop();
        rest(nanos);
        kill(victim);
    }

    void stop(List<Integer> victims, long nanos) throws IOException {
        List<RecordedCall> calls = new ArrayList<>();
        try {
            for (int victim : victims) {
                calls.add(recorder.stopping(workers.get(victim).pid()));
                workers.get(victim).stop();
            }
            rest(nanos);
        } finally {
            for (int victim : victims) {
                workers.get(victim).resume();
            }
        }
        calls.forEach(RecordedCall::done);
    }

    /** Lets all workers come to their end; returns how many requests the store failed. */
    int end() throws IOException {
        for (WorkerProcess worker : workers) {
            worker.tell("end");
        }
        boolean hurried = stop.getAsBoolean();
        long end = System.nanoTime() + (hurried ? LONGEST_HURRIED_END : LONGEST_END).toNanos();
        int outages = 0;
        for (WorkerProcess worker : workers) {
            Optional<String> line = hear(worker, end, () -> false);
            if (line.isPresent() && line.get().equals("ready")) {
                line = hear(worker, end, () -> false);
            }
            if (line.isPresent()) {
                outages += Integer.parseInt(expect("done", worker, line.get()).split(" ", -1)[1]);
            } else if (hurried) {
                recorder.killing(worker.pid());
                worker.kill();
            } else {
                throw new IOException(
                        worker + " did not come to its end within " + TimeUnit.SECONDS.convert(LONGEST_END) + " s");
            }
        }
        return outages;
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
    }
}
