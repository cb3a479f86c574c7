// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A backend on strings: for another process, which reads commands from its standard input, and for another class loader, where only
 * types of the JDK are common.
 */
public final class Puppet implements UnaryOperator<String> {
    private final FileBackend backend;
    private final Map<String, RecordingClaim> claims = new ConcurrentHashMap<>();

    public Puppet(String directory) {
        backend = new FileBackend(Path.of(directory));
        backend.open(new Events(), Duration.ofSeconds(5));
    }

    public static void main(String[] args) throws IOException {
        Puppet puppet = new Puppet(args[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = puppet.apply(line);
            } catch (Exception | Error e) {
                answer = e.toString();
            }
            System.out.println(answer.replace('\n', ' '));
        }
    }

    @Override
    public String apply(String command) {
        String[] words = command.split(" ", -1);
        try {
            return switch (words[0]) {
                case "try" -> start(RecordingClaim.trying(words[1]));
                case "wait" -> start(RecordingClaim.waiting(words[1]));
                case "granted" -> granted(claims.get(words[1]));
                case "state" -> claims.get(words[1]).last();
                case "release" -> {
                    backend.release(claims.get(words[1]), null);
                    yield claims.get(words[1]).last();
                }
                case "inspect" ->
                    String.valueOf(
                            backend.inspect(words[1]).toCompletableFuture().join());
                case "polls" -> Boolean.toString(polls());
                case "spawn" -> Long.toString(new ProcessBuilder("cat").start().pid());
                case "work" -> work(words[1], Integer.parseInt(words[2]));
                case "close" -> {
                    backend.close();
                    yield "closed";
                }
                default -> "unknown command " + command;
            };
        } catch (Exception e) {
            return e.toString();
        }
    }

    /** Whether this process tries for a lock every now and then, because it may not block. */
    static boolean polls() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("holdfast-file-poll"));
    }

    private static String granted(RecordingClaim claim) throws Exception {
        Await.until("granted " + claim.key(), () -> claim.has("granted"));
        return Long.toString(claim.revision);
    }

    private String start(RecordingClaim claim) {
        claims.put(claim.key(), claim);
        backend.acquire(claim);
        return claim.last();
    }

    /** Increments a plain file many times under a lock, and sees whether anybody else is inside. */
    private String work(String key, int times) throws Exception {
        Path counter = Path.of(key + ".counter");
        Path inside = Path.of(key + ".inside");
        for (int i = 0; i < times; i++) {
            RecordingClaim claim =
                    RecordingClaim.waiting(Path.of(key).getFileName().toString());
            backend.acquire(claim);
            Await.until("granted", () -> claim.has("granted"));
            Files.createFile(inside);
            List<String> before = Files.readAllLines(counter);
            if (Long.parseLong(before.get(1)) >= claim.revision) {
                return "token " + claim.revision + " after " + before.get(1);
            }
            String after = (Integer.parseInt(before.get(0)) + 1) + "\n" + claim.revision + "\n";
            Files.writeString(counter, after, StandardOpenOption.WRITE);
            Files.delete(inside);
            backend.release(claim, null);
        }
        return "done";
    }
}
