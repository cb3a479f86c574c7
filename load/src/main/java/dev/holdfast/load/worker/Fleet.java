// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Entrant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The workers of one contender in one comparison. They live until they are closed, and do nothing between commands. Not thread-safe. */
public final class Fleet implements AutoCloseable {
    /** The options of every JVM that is measured: machines may be small, and what is measured makes little garbage. */
    public static final List<String> JVM = List.of("-Xshare:auto", "-Xmx256m", "-XX:+UseSerialGC");

    /** Makes a JVM leave its output to the worker, whose answers it is: its own warnings go to the standard error. */
    static final List<String> QUIET = List.of("-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=warning:stderr");

    /** Uses locks from many threads: begin, end, threads, names, nanoseconds to hold. All workers. */
    public static final String LOAD = "load";

    /** Uses locks at the times of a schedule: begin, end, nanoseconds between two, workers, threads, names, nanoseconds to hold. All workers. */
    public static final String SCHEDULE = "schedule";

    /** Passes a lock to and fro: begin, end. Both of two workers. */
    public static final String HANDOFF = "handoff";

    /** Takes the lock that others will wait for. */
    public static final String HOLD = "hold";

    /** Gives back what {@link #HOLD} took. */
    public static final String FREE = "free";

    /** Makes callers wait for the held lock: how many. */
    public static final String AWAIT = "await";

    /** Fails if one of the waiters has the lock. */
    public static final String ALL_WAIT = "all-wait";

    /** Returns when every waiter had the lock. */
    public static final String DRAIN = "drain";

    /** Takes many locks: how many. */
    public static final String TAKE = "take";

    /** Gives back what {@link #TAKE} took, and counts the lost ones. */
    public static final String GIVE_BACK = "give-back";

    /** Tells the time of the processor that a worker has used, and how many threads it has. */
    public static final String RESOURCES = "resources";

    /** Gives back what is held, and ends the process: the one command that is obeyed at once, and not answered. */
    static final String CLOSE = "close";

    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Entrant entrant;
    private final String place;
    private final SharedPage page;
    private final int names;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private @Nullable String untold;

    private Fleet(Entrant entrant, String place, SharedPage page, int names) {
        this.entrant = entrant;
        this.place = place;
        this.page = page;
        this.names = names;
    }

    /**
     * Who is wanted.
     *
     * @param size how many workers
     * @param names how many locks {@link #LOAD} and {@link #SCHEDULE} will use
     * @param prefix what the names of all locks begin with; no two crews on one store may use the same names
     * @param lifetime when they end by themselves, whatever happens
     * @param jvmOptions more options for their JVMs
     */
    public record Crew(int size, int names, String prefix, Duration lifetime, List<String> jvmOptions) {}

    /**
     * Starts workers and waits until they are connected. To be called from a thread that stays.
     *
     * @param entrant which lock they use
     * @param place where that lock is
     * @param crew who is wanted
     * @param directory an empty directory for them alone
     * @return the workers
     * @throws WorkerFailure if one of them cannot connect
     * @throws IOException if a process cannot be started
     * @throws InterruptedException if this thread is interrupted
     */
    public static Fleet start(Entrant entrant, String place, Crew crew, Path directory)
            throws WorkerFailure, IOException, InterruptedException {
        Path shared = directory.resolve("bench.shared");
        Fleet fleet = new Fleet(entrant, place, SharedPage.map(shared, crew.names()), crew.names());
        try {
            for (int i = 0; i < crew.size(); i++) {
                List<String> arguments = List.of(
                        entrant.contender().id(),
                        shared.toString(),
                        Integer.toString(crew.names()),
                        Integer.toString(i),
                        Long.toString(crew.lifetime().toSeconds()),
                        crew.prefix());
                fleet.workers.add(WorkerProcess.start(crew.jvmOptions(), arguments, Map.of(Worker.PLACE, fleet.place)));
            }
            fleet.answers(fleet.workers, PATIENCE);
            return fleet;
        } catch (WorkerFailure | IOException | InterruptedException | RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    /**
     * How many workers there are.
     *
     * @return at least one
     */
    public int size() {
        return workers.size();
    }

    /**
     * Tells all workers the same, and waits for their answers.
     *
     * @param takes how long that takes when all goes well
     * @param command what to do
     * @param arguments of the command
     * @return one reply of each worker
     * @throws WorkerFailure if one of them fails; the fleet is of no use afterwards
     * @throws InterruptedException if this thread is interrupted
     */
    public List<Reply> all(Duration takes, String command, long... arguments)
            throws WorkerFailure, InterruptedException {
        return ask(workers, takes, command, arguments);
    }

    /**
     * Tells one worker something, and waits for its answer.
     *
     * @param worker which one, from 0; more than there are is the last one
     * @param command what to do
     * @param arguments of the command
     * @return its reply
     * @throws WorkerFailure if it fails; the fleet is of no use afterwards
     * @throws InterruptedException if this thread is interrupted
     */
    public Reply one(int worker, String command, long... arguments) throws WorkerFailure, InterruptedException {
        WorkerProcess told = workers.get(Math.min(worker, workers.size() - 1));
        return ask(List.of(told), Duration.ZERO, command, arguments).get(0);
    }

    private List<Reply> ask(List<WorkerProcess> asked, Duration takes, String command, long... arguments)
            throws WorkerFailure, InterruptedException {
        String line = command + Arrays.stream(arguments).mapToObj(a -> " " + a).collect(Collectors.joining());
        for (WorkerProcess worker : asked) {
            worker.say(line);
        }
        return answers(asked, takes.plus(PATIENCE));
    }

    private List<Reply> answers(List<WorkerProcess> asked, Duration patience)
            throws WorkerFailure, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        List<Reply> replies = new ArrayList<>();
        for (WorkerProcess worker : asked) {
            try {
                replies.add(worker.answer(deadline));
            } catch (WorkerFailure e) {
                throw new WorkerFailure(entrant.label() + ": " + e.getMessage(), e);
            }
        }
        return replies;
    }

    /**
     * How many requests the store has served so far. A store that has once not told is not asked again.
     *
     * @return the number, or nothing if it cannot be known
     */
    public OptionalLong requestsServed() {
        if (untold != null) {
            return OptionalLong.empty();
        }
        try {
            return entrant.contender().requestsServed(place);
        } catch (Exception e) {
            untold = entrant.label() + " does not tell how many requests it serves: " + e;
            return OptionalLong.empty();
        }
    }

    /**
     * Why requests are not counted.
     *
     * @return a sentence, or null if nobody asked, the store told, or the contender knows of no way to ask
     */
    public @Nullable String untold() {
        return untold;
    }

    /**
     * How many critical sections have left their trace. Two at the same time leave one.
     *
     * @return the number since the workers were started
     */
    public long sectionsSeen() {
        long sum = 0;
        for (int i = 0; i < names; i++) {
            sum += page.get(SharedPage.SECTIONS + i);
        }
        return sum;
    }

    /** Has the workers give back what they hold and end, whatever they do at the moment; in any case they have ended when it returns. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            for (WorkerProcess worker : workers) {
                worker.tell(CLOSE);
            }
            long deadline = System.nanoTime() + CLOSING.toNanos();
            for (WorkerProcess worker : workers) {
                worker.awaitEnd(deadline);
            }
        } catch (InterruptedException e) {
            interrupted = true; // in a hurry: what is held comes free with its lease
        } finally {
            workers.forEach(WorkerProcess::kill);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
