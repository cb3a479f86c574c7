// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedCall;
import dev.holdfast.trials.process.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** The workers of a torture, and what is done to them. Every fault is written down too. */
final class Crew implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final Duration LONGEST_END = Duration.ofSeconds(60);
    /** Beyond the time of the torture: a machine that is busy takes longer for everything. */
    private static final Duration SPARE = Duration.ofMinutes(10);

    /** On a slow machine the time alone would not hit anybody at a bad moment often enough. */
    private static final int FEWEST_FAULTS = 30;

    private final String uri;
    private final Path directory;
    private final Torture plan;
    private final SplittableRandom random;
    private final HistoryRecorder recorder;
    private final List<WorkerProcess> workers = new ArrayList<>();

    private Crew(String uri, Path directory, Torture plan) throws IOException {
        this.uri = uri;
        this.directory = directory;
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
        this.recorder = HistoryRecorder.in(directory);
    }

    /** Starts the workers; returns when all of them are at it. */
    static Crew start(String uri, Path directory, Torture plan) throws IOException {
        Crew crew = new Crew(uri, directory, plan);
        try {
            for (int i = 0; i < plan.processes(); i++) {
                crew.workers.add(crew.worker());
            }
            for (WorkerProcess worker : crew.workers) {
                expect("ready", worker, worker.hear(LONGEST_START));
            }
            return crew;
        } catch (IOException | RuntimeException e) {
            crew.close();
            throw e;
        }
    }

    private WorkerProcess worker() throws IOException {
        return WorkerProcess.start(
                TortureWorker.class,
                uri,
                directory.toString(),
                Integer.toString(plan.threads()),
                Integer.toString(plan.names()),
                Long.toString(random.nextLong()),
                Long.toString(plan.time().plus(SPARE).toSeconds()));
    }

    private static String expect(String word, WorkerProcess worker, String line) throws IOException {
        if (!line.startsWith(word)) {
            throw new IOException(worker + " said: " + line);
        }
        return line;
    }

    /** Stops and kills, one after the other, until the time is over and enough was done. Each kind of fault comes first once. */
    void torture(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        for (int fault = 0; fault < FEWEST_FAULTS || System.nanoTime() - end < 0; fault++) {
            LockSupport.parkNanos(millis(5, 120));
            int victim = random.nextInt(workers.size());
            switch (fault < 4 ? fault : random.nextInt(10)) {
                case 0 -> kill(victim);
                case 1 -> stopAndKill(victim);
                case 2, 3 -> stop(List.of(victim, (victim + 1) % workers.size()));
                default -> stop(List.of(victim));
            }
        }
    }

    private long millis(int from, int to) {
        return 1_000_000L * random.nextInt(from, to);
    }

    private void kill(int victim) throws IOException {
        WorkerProcess worker = workers.get(victim);
        RecordedCall call = recorder.killing(worker.pid());
        worker.kill();
        call.done();
        workers.set(victim, worker());
    }

    private void stopAndKill(int victim) throws IOException {
        workers.get(victim).stop();
        LockSupport.parkNanos(millis(1, 100));
        kill(victim);
    }

    private void stop(List<Integer> victims) throws IOException {
        List<RecordedCall> calls = new ArrayList<>();
        for (int victim : victims) {
            calls.add(recorder.stopping(workers.get(victim).pid()));
            workers.get(victim).stop();
        }
        LockSupport.parkNanos(millis(5, 300));
        for (int victim : victims) {
            workers.get(victim).resume();
        }
        calls.forEach(RecordedCall::done);
    }

    /** Lets all workers come to their end; returns how many requests the store failed. */
    int end() throws IOException {
        for (WorkerProcess worker : workers) {
            worker.tell("end");
        }
        int outages = 0;
        for (WorkerProcess worker : workers) {
            String line = worker.hear(LONGEST_END);
            if (line.equals("ready")) {
                line = worker.hear(LONGEST_END);
            }
            outages += Integer.parseInt(expect("done", worker, line).split(" ", -1)[1]);
        }
        return outages;
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
    }
}
