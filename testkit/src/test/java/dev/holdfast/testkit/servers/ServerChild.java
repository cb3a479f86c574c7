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

    /** Before the numbers of server processes. */
    private static final String SERVER = "server ";

    /** Before the numbers of all processes, some of which may end at any time. */
    private static final String ANY = "process ";

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
                        what,
                        System.getProperty(Product.SKIP, ""))
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

    List<Long> servers() {
        return numbers(SERVER);
    }

    /** The servers and what descends from them. */
    List<Long> processes() {
        return numbers(ANY);
    }

    private List<Long> numbers(String prefix) {
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> Long.valueOf(line.substring(prefix.length())))
                .toList();
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
            case "sweep" -> Workspace.create().delete();
            case "everything" -> {
                System.setProperty(Product.SKIP, args[1]);
                System.out.println(ServerHost.get().workspace().newDirectory("first"));
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
                starting.forEach(CompletableFuture::join);
                ProcessHandle.current().children().forEach(process -> System.out.println(SERVER + process.pid()));
                ProcessHandle.current().descendants().forEach(process -> System.out.println(ANY + process.pid()));
                System.out.println(READY);
                while (System.in.read() >= 0) {
                    // lives on
                }
            }
            case "paused postgres" -> {
                PostgresServer postgres = PostgresServer.start();
                ProcessHandle.current().descendants().forEach(process -> System.out.println(ANY + process.pid()));
                postgres.pause();
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
