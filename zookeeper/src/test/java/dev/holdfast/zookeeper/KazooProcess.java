// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A Python process that locks with kazoo: {@code try PATH}, {@code wait PATH}, {@code release PATH}. It ends with its input. */
final class KazooProcess implements AutoCloseable {
    private static final String PROGRAM = """
            import sys, threading
            from kazoo.client import KazooClient
            client = KazooClient(hosts=sys.argv[1], timeout=2.0)
            client.start(timeout=20)
            patterns = sys.argv[2:]
            locks = {}
            def lock(path):
                if path not in locks:
                    locks[path] = client.Lock(path, "kazoo", extra_lock_patterns=patterns) if patterns else client.Lock(path, "kazoo")
                return locks[path]
            def say(word):
                sys.stdout.write(word + "\\n")
                sys.stdout.flush()
            say("ready")
            for line in sys.stdin:
                command, path = line.split()
                try:
                    if command == "try":
                        say("held" if lock(path).acquire(blocking=False) else "busy")
                    elif command == "wait":
                        say("waiting")
                        lock(path).acquire(timeout=20)
                        say("held")
                    elif command == "release":
                        lock(path).release()
                        say("released")
                except Exception as e:
                    say("failed " + repr(e))
            """;

    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;

    /** Patterns of names beside kazoo's own that count as contenders. */
    KazooProcess(String servers, String... patterns) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of("/usr/bin/python3", "-c", PROGRAM, servers));
        command.addAll(List.of(patterns));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(Path.of(System.getProperty("java.io.tmpdir")).toFile())
                .start();
        said = process.inputReader(StandardCharsets.UTF_8);
        told = process.outputWriter(StandardCharsets.UTF_8);
        String first = hear();
        if (!first.equals("ready")) {
            process.destroyForcibly();
            throw new AssertionError("kazoo is needed, which Debian has as python3-kazoo: " + first);
        }
    }

    String ask(String line) throws IOException {
        told.write(line + "\n");
        told.flush();
        return hear();
    }

    String hear() {
        String line = CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return String.valueOf(said.readLine());
                            } catch (IOException e) {
                                return e.toString();
                            }
                        },
                        task -> new Thread(task).start())
                .orTimeout(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        return line;
    }

    /** Whether a call of {@link #hear} would return at once. */
    boolean hasSaidSomething() throws IOException {
        return said.ready();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws Exception {
        kill();
    }
}
