// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code holdfast} of this checkout, in a checkout that is built already: of the classes under test. */
final class LauncherTest {
    @TempDir
    private Path directory;

    private Cli cli;
    private Path home;

    @BeforeEach
    void setUp() throws IOException {
        cli = new Cli(directory).with("JAVA_HOME", System.getProperty("java.home"));
        home = cli.path("check out");
        Path checkout = Path.of("..").toRealPath();
        Files.createDirectories(home.resolve(".build"));
        Files.copy(checkout.resolve(".build/toolchain.sh"), home.resolve(".build/toolchain.sh"));
        Files.copy(checkout.resolve("holdfast"), home.resolve("holdfast"));
        Path app = Files.createDirectories(home.resolve("cli/target/quick"));
        List<String> names = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            Path from = Path.of(entry);
            if (Files.isDirectory(from) && !entry.endsWith("test-classes")) {
                names.add(names.size() + ".jar");
                try (JarOutputStream jar = new JarOutputStream(output(app.resolve(names.size() - 1 + ".jar")))) {
                    addAll(jar, from);
                }
            } else if (entry.endsWith(".jar")) {
                names.add(from.getFileName().toString());
                Files.copy(from, app.resolve(from.getFileName().toString()));
            }
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", names));
        new JarOutputStream(output(app.resolve("holdfast-cli.jar")), manifest).close();
        Files.createDirectories(home.resolve("target/quick"));
        Files.createFile(home.resolve("target/quick/built"));
    }

    @AfterEach
    void tearDown() {
        cli.close();
    }

    private static OutputStream output(Path file) throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
    }

    private static void addAll(JarOutputStream jar, Path from) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(from.relativize(file).toString()));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
    }

    private Cli.Started launch(String... arguments) {
        List<String> line =
                new ArrayList<>(List.of("sh", home.resolve("holdfast").toString()));
        line.addAll(List.of(arguments));
        return cli.startLine(line);
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("cli/target/quick/start"))) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    /** Whether the Java that runs a command has the archive in its memory. */
    private boolean usesArchive() {
        Cli.Result result =
                launch("run", "job", "--", "sh", "-c", "cat /proc/$PPID/maps").end();
        assertThat(result.code()).as(result.err()).isZero();
        return result.out().contains("/quick/start/");
    }

    @Test
    void firstStart_makesAnArchiveOfClasses_whichAllStartsUse() throws IOException {
        assertThat(usesArchive()).isTrue();
        assertThat(archives()).hasSize(1).allMatch(archive -> archive.toFile().length() > 1_000_000);
        assertThat(home.resolve("cli/target/quick/start").toFile().list())
                .as("nothing is left of making it")
                .hasSize(2);
        byte[] made = Files.readAllBytes(archives().get(0));
        assertThat(usesArchive()).isTrue();
        assertThat(archives().get(0)).as("made once").hasBinaryContent(made);
    }

    @Test
    void firstStartsAtTheSameTime_allWork() throws IOException {
        List<Cli.Started> starts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starts.add(launch("run", "job-" + i, "--", "echo", "done"));
        }
        for (Cli.Started start : starts) {
            assertThat(start.end()).isEqualTo(new Cli.Result(0, "done\n", ""));
        }
        assertThat(usesArchive()).isTrue();
        assertThat(archives()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100_000, -1})
    void brokenArchive_isNoError(int length) throws IOException {
        assertThat(usesArchive()).isTrue();
        Path archive = archives().get(0);
        byte[] bytes = Files.readAllBytes(archive);
        Files.delete(archive);
        // Cut off at that length; -1: another archive of the same length.
        Files.write(archive, length < 0 ? new byte[bytes.length] : java.util.Arrays.copyOf(bytes, length));
        assertThat(launch("run", "job", "--", "echo", "done").end()).isEqualTo(new Cli.Result(0, "done\n", ""));
        if (length >= 0) {
            assertThat(usesArchive()).as("it was made anew").isTrue();
        }
    }

    @Test
    void archiveOfOtherJars_isNoError() throws IOException {
        assertThat(usesArchive()).isTrue();
        Path jar = home.resolve("cli/target/quick/0.jar");
        Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(0));
        assertThat(launch("run", "job", "--", "echo", "done").end()).isEqualTo(new Cli.Result(0, "done\n", ""));
    }

    /** As in a checkout that belongs to somebody else, where root could write all the same. */
    private void noArchiveCanBeMade() throws IOException {
        Files.createFile(home.resolve("cli/target/quick/start"));
    }

    @Test
    void archiveThatCannotBeMade_isNoError() throws IOException {
        noArchiveCanBeMade();
        assertThat(launch("run", "job", "--", "echo", "done").end()).isEqualTo(new Cli.Result(0, "done\n", ""));
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void signalToTheScript_reachesTheCommand(String signal, int code) throws IOException {
        noArchiveCanBeMade();
        Path began = cli.path("began");
        Cli.Started run = launch("run", "job", "--", "sh", "-c", "echo $PPID >'" + began + "'; exec sleep 60");
        Cli.until("the command began", () -> Cli.exists(began));
        assertThat(Cli.text(began).strip())
                .as("Java has taken the script's place")
                .isEqualTo(Long.toString(run.process().pid()));
        run.signal(signal);
        assertThat(run.end().code()).isEqualTo(code);
    }

    @Test
    void script_fromAnyFolderAndThroughALink_passesArgumentsAsTheyAre() throws IOException {
        noArchiveCanBeMade();
        Path link = Files.createSymbolicLink(cli.path("link"), home.resolve("holdfast"));
        Cli.Result result = cli.startLine(List.of(
                        "sh",
                        "-c",
                        "cd / && exec sh \"$0\" \"$@\"",
                        link.toString(),
                        "run",
                        "a  b",
                        "--",
                        "printf",
                        "%s|",
                        "two  words",
                        "*",
                        "",
                        "$HOME",
                        "a\nb"))
                .end();
        assertThat(result).isEqualTo(new Cli.Result(0, "two  words|*||$HOME|a\nb|", ""));
    }

    @Test
    void closedInputAndOutputs_areNoFilesOfJava() throws IOException {
        noArchiveCanBeMade();
        // Java's own files would get the numbers 0 to 2, and the command would read and write them.
        Path seen = cli.path("seen");
        Cli.Result result = cli.startLine(List.of(
                        "sh",
                        "-c",
                        "exec sh \"$0\" \"$@\" <&- >&- 2>&-",
                        home.resolve("holdfast").toString(),
                        "run",
                        "job",
                        "--",
                        "sh",
                        "-c",
                        "for n in 0 1 2; do readlink /proc/$$/fd/$n; done >'" + seen + "' 3>&1; exit 7"))
                .end();
        assertThat(result.code()).isEqualTo(7);
        assertThat(Cli.text(seen).lines().filter(file -> !file.equals(seen.toString())))
                .isNotEmpty()
                .containsOnly("/dev/null");
    }

    @Test
    void underCron_works() throws IOException {
        noArchiveCanBeMade();
        // A session of its own, no terminal, no input, hardly any environment.
        Cli.Result result = cli.startLine(List.of(
                        "setsid",
                        "--wait",
                        "env",
                        "-i",
                        "PATH=/usr/bin:/bin",
                        "JAVA_HOME=" + System.getProperty("java.home"),
                        "HOME=" + cli.path("home"),
                        "sh",
                        "-c",
                        "exec sh \"$0\" run job --no-wait -- sh -c 'cat; echo \"$HOLDFAST_LOCK $HOME\"' </dev/null",
                        home.resolve("holdfast").toString()))
                .end();
        assertThat(result).isEqualTo(new Cli.Result(0, "job " + cli.path("home") + "\n", ""));
        assertThat(cli.path("home").resolve(".local/state/holdfast/locks")).isDirectory();
    }
}
