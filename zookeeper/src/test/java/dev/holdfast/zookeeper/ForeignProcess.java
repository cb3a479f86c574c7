// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process in another language that locks with a library of it, one command for each line of its input. It ends with its input. */
final class ForeignProcess implements AutoCloseable {
    private static final String GO_LIBRARY = "github.com/samuel/go-zookeeper/zk";

    private static @Nullable Path goProgram;

    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;

    private ForeignProcess(List<String> command, String hint) throws IOException {
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(Path.of(System.getProperty("java.io.tmpdir")).toFile())
                .start();
        said = process.inputReader(StandardCharsets.UTF_8);
        told = process.outputWriter(StandardCharsets.UTF_8);
        String first = hear();
        if (!first.equals("ready")) {
            process.destroyForcibly();
            throw new AssertionError(hint + ": " + first);
        }
    }

    /** With kazoo; patterns of names beside its own that count as contenders. */
    static ForeignProcess kazoo(String servers, String... patterns) throws IOException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-c", resource("locker.py"), servers));
        command.addAll(List.of(patterns));
        return new ForeignProcess(command, "kazoo is needed, which Debian has as python3-kazoo");
    }

    /** With samuel/go-zookeeper. */
    static ForeignProcess go(String servers) throws IOException, InterruptedException {
        return new ForeignProcess(List.of(compiled().toString(), servers), "it does not connect");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ForeignProcess.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The program in Go, compiled once. */
    private static synchronized Path compiled() throws IOException, InterruptedException {
        if (goProgram == null) {
            Path directory = Files.createTempDirectory("holdfast-go");
            Path library = Files.createDirectories(directory.resolve(GO_LIBRARY).getParent())
                    .resolve("zk.o");
            List<String> sources =
                    new ArrayList<>(List.of("gccgo", "-c", "-fgo-pkgpath=" + GO_LIBRARY, "-o", library.toString()));
            try (Stream<Path> files = Files.list(Path.of("/usr/share/gocode/src", GO_LIBRARY))) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".go") && !file.endsWith("_test.go"))
                        .forEach(sources::add);
            }
            compile(sources);
            Path main = Files.writeString(directory.resolve("locker.go"), resource("locker.go"));
            Path program = directory.resolve("locker");
            compile(List.of(
                    "gccgo",
                    "-I",
                    directory.toString(),
                    "-o",
                    program.toString(),
                    main.toString(),
                    library.toString()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            goProgram = program;
        }
        return goProgram;
    }

    private static void compile(List<String> command) throws IOException, InterruptedException {
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new AssertionError("gccgo and golang-github-samuel-go-zookeeper-dev of Debian are needed: " + output);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
