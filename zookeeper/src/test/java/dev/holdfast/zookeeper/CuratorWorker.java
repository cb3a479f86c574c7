// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.trials.process.ParentProcess;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryOneTime;

/** A process that locks with Curator: {@code try PATH}, {@code wait PATH}, {@code granted PATH}, {@code release PATH}. */
final class CuratorWorker {
    private static final int SESSION = 2_000;
    private static final int CONNECTION = 5_000;

    private final CuratorFramework curator;
    private final Map<String, InterProcessMutex> locks = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Boolean>> waits = new ConcurrentHashMap<>();

    /** Curator's locks belong to threads: all is done on one. */
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    private CuratorWorker(String servers) {
        curator = CuratorFrameworkFactory.newClient(servers, SESSION, CONNECTION, new RetryOneTime(100));
        curator.start();
    }

    public static void main(String[] args) throws Exception {
        ParentProcess parent = ParentProcess.connect();
        CuratorWorker worker = new CuratorWorker(args[0]);
        while (true) {
            String[] words = parent.hear().split(" ", 2);
            try {
                parent.say(worker.apply(words[0], words[1]));
            } catch (Exception e) {
                parent.say(e.toString());
            }
        }
    }

    private String apply(String command, String path) throws Exception {
        InterProcessMutex lock = locks.computeIfAbsent(path, name -> new InterProcessMutex(curator, name));
        return switch (command) {
            case "try" ->
                thread.submit(() -> lock.acquire(200, TimeUnit.MILLISECONDS)).get() ? "held" : "busy";
            case "wait" -> {
                CompletableFuture<Boolean> granted = new CompletableFuture<>();
                waits.put(path, granted);
                thread.execute(() -> {
                    try {
                        lock.acquire();
                        granted.complete(true);
                    } catch (Exception e) {
                        granted.completeExceptionally(e);
                    }
                });
                yield "waiting";
            }
            case "state" -> waits.get(path).isDone() ? "held" : "waiting";
            case "granted" -> waits.get(path).get(20, TimeUnit.SECONDS) ? "held" : "not";
            case "release" -> {
                thread.submit(() -> {
                            lock.release();
                            return null;
                        })
                        .get();
                yield "released";
            }
            default -> "unknown command";
        };
    }
}
