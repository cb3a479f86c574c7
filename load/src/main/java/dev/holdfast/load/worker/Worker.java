// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.contender.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that uses the locks of one contender. Arguments: the contender, the shared page's file and number of names, this worker's number,
 * how many seconds it may live, and what all names of locks begin with. It reads commands line by line, and answers each with one line. The end of
 * its input is the end of its parent, and ends it at once.
 */
final class Worker {
    /** In the environment, because a place may hold a password, and everybody can read arguments. */
    static final String PLACE = "HOLDFAST_BENCH_PLACE";

    private static final long OPENING_SECONDS = 3;

    private final Map<String, Task> tasks;

    private Worker(Session session, SharedPage page, int number, String prefix) {
        IdleWaiters waiters = new IdleWaiters(session, prefix);
        HeldLocks locks = new HeldLocks(session, prefix);
        tasks = Map.ofEntries(
                Map.entry(Fleet.LOAD, new Load(session, page, number, prefix)::run),
                Map.entry(Fleet.SCHEDULE, new Schedule(session, page, number, prefix)::run),
                Map.entry(Fleet.HANDOFF, new Handoff(session, page, number, prefix)::run),
                Map.entry(Fleet.HOLD, waiters::hold),
                Map.entry(Fleet.FREE, waiters::free),
                Map.entry(Fleet.AWAIT, waiters::await),
                Map.entry(Fleet.ALL_WAIT, waiters::checkThatAllWait),
                Map.entry(Fleet.DRAIN, waiters::drain),
                Map.entry(Fleet.TAKE, locks::take),
                Map.entry(Fleet.GIVE_BACK, locks::giveBack),
                Map.entry(Fleet.RESOURCES, new Resources()::now));
    }

    private interface Task {
        Reply run(List<Long> arguments) throws Exception;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        CompletableFuture<Session> session = new CompletableFuture<>();
        start("commands", () -> serve(args, commands, session));
        start("lifetime", () -> {
            Times.sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[4])));
            System.err.println("bench: a worker lived for more than its " + args[4] + " s");
            Runtime.getRuntime().halt(1);
        });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(Fleet.CLOSE)) {
                close(session);
            } else {
                commands.add(line);
            }
        }
        Runtime.getRuntime().halt(0); // threads may be anywhere, and nobody is left to hear of it
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Gives back what is held, in the middle of whatever the other threads do: a kill would leave it in the store until its lease ends. */
    private static void close(CompletableFuture<Session> session) throws InterruptedException {
        try {
            session.get(OPENING_SECONDS, TimeUnit.SECONDS).close();
            Runtime.getRuntime().halt(0);
        } catch (ExecutionException | TimeoutException e) {
            Runtime.getRuntime().halt(0); // there is nothing to give back
        } catch (IOException | RuntimeException e) {
            System.err.println("bench: a worker cannot close its session: " + e);
            Runtime.getRuntime().halt(1);
        }
    }

    private static void serve(String[] args, BlockingQueue<String> commands, CompletableFuture<Session> opened) {
        try {
            SharedPage page = SharedPage.map(Path.of(args[1]), Integer.parseInt(args[2]));
            Session session =
                    Entrant.parse(args[0]).contender().open(System.getenv().getOrDefault(PLACE, ""));
            opened.complete(session);
            // Once before anything is measured: loads the classes, and tells early if the store cannot be used.
            session.acquire(args[5] + args[3]).release();
            Times.record(Times.histogram(), 0);
            Worker worker = new Worker(session, page, Integer.parseInt(args[3]), args[5]);
            say(new Reply().line());
            while (true) {
                say(worker.answer(commands.take()));
            }
        } catch (Throwable e) { // the parent waits for a line, whatever happened
            opened.completeExceptionally(e);
            say(Reply.failure(e));
        }
    }

    private String answer(String command) throws Exception {
        String[] words = command.split(" ", -1);
        Task task = tasks.get(words[0]);
        if (task == null) {
            throw new IllegalArgumentException("unknown command " + words[0]);
        }
        return task.run(Arrays.stream(words).skip(1).map(Long::valueOf).toList())
                .line();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
