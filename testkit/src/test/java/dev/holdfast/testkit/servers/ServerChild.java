// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Another JVM that uses the launchers, with an environment of its own. */
final class ServerChild implements AutoCloseable {
    /** The last line of a child that goes on living. */
    static final String READY = "ready";

    private final Process process;
    private final List<String> lines = new ArrayList<>();

    private ServerChild(Process process) {
        this.process = process;
    }

    /** Returns when the child has said all that it has to say. */
    static ServerChild run(String what, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerChild.class.getName(),
                        what)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        ServerChild child = new ServerChild(builder.start());
        BufferedReader out =
                new BufferedReader(new InputStreamReader(child.process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null && !line.equals(READY); line = out.readLine()) {
            child.lines.add(line);
        }
        return child;
    }

    List<String> lines() {
        return lines;
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Ends at the end of its input, which comes when its parent dies. */
    @SuppressWarnings("SystemOut") // The parent reads it.
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "everything" -> {
                List<CompletableFuture<SingleServer>> starting = new ArrayList<>();
                for (Supplier<SingleServer> start : List.<Supplier<SingleServer>>of(
                        RedisServer::start,
                        MemcachedServer::start,
                        EtcdServer::start,
                        ZooKeeperServer::start,
                        PostgresServer::start,
                        MariaDbServer::start)) {
                    starting.add(CompletableFuture.supplyAsync(start, task -> new Thread(task).start()));
                }
                starting.forEach(server -> System.out.println(server.join().pid()));
                ProcessHandle.current().descendants().forEach(process -> System.out.println(process.pid()));
                System.out.println(READY);
                while (System.in.read() >= 0) {
                    // lives on
                }
            }
            case "redis" -> {
                try {
                    RedisServer redis = RedisServer.start();
                    System.out.println(redis.uri());
                    System.out.println(redis.isOurs());
                    redis.kill();
                } catch (ServerFailedException | IllegalStateException e) {
                    System.out.println(e.getMessage());
                }
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
