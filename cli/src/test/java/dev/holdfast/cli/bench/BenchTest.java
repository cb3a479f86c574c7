// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.testkit.servers.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code holdfast bench}, with little time: that it measures, what it reports, and what it leaves behind. How fast locks are is not for a test. */
final class BenchTest {
    private static final String PASSWORD = "s3cret-of-the-bench";

    @RegisterExtension
    static final RedisServer redis = RedisServer.start("--requirepass", PASSWORD);

    @TempDir
    private Path directory;

    private Cli cli;
    private Path json;
    private Path html;

    @BeforeEach
    void setUp() {
        cli = new Cli(directory);
        json = cli.path("figures.json");
        html = cli.path("report.html");
    }

    @AfterEach
    void tearDown() {
        cli.close();
    }

    private static String uri(RedisServer server, String parameters) {
        return "redis://:" + PASSWORD + "@" + server.uri().substring("redis://".length()) + parameters;
    }

    private String[] reported(String... arguments) {
        List<String> all = new ArrayList<>(List.of("bench", "--json", json.toString(), "--html", html.toString()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private Map<String, Object> figures() throws IOException {
        return JSON.std.mapFrom(json.toFile());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> json, String member) {
        return (List<Map<String, Object>>) json.get(member);
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.contains("holdfast-bench") || name.startsWith("."));
        }
    }

    /** But for the counters of tokens, which end by themselves. */
    private static void assertNoLockLeft() throws IOException, InterruptedException {
        Process keys = new ProcessBuilder(
                        "redis-cli", "-p", "" + redis.port(), "-a", PASSWORD, "--no-auth-warning", "keys", "*")
                .redirectErrorStream(true)
                .start();
        String found = new String(keys.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keys.waitFor()).as(found).isZero();
        assertThat(found.lines()).isNotEmpty().allMatch(key -> key.startsWith("hf~f{holdfast-bench-"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "bench | say which stores to measure",
                "bench file:locks --scenarios names,hand-off | there is no 'hand-off'; known are uncontended, names",
                "bench file:locks --duration 10ms | --duration is 10ms; it must be from 1s to 1h",
                "bench file:locks --rate 0/s | --rate must be from 1/s to 1000000/s",
                "bench file:locks --rate 5/s --names 0 | --names must be from 1 to 10000, not 0",
                "bench file:locks --rate 5/s --scenarios names | --scenarios and a rate exclude each other",
                "bench file:locks --p99 5ms | --p99 means nothing without --rate or --find-limit",
                "bench file:locks --json same --html same | --json and --html name the same file",
                "bench memory: | memory: excludes the threads of one process only",
                "bench file:locks --json /nowhere/at/all | --json /nowhere/at/all cannot be written: there is no directory",
                "bench file:locks --html / | --html / cannot be written: it is a directory",
            })
    void aWrongCommandLine_is2AndSaysWhatIsWrong(String arguments, String message) throws IOException {
        Cli.Result result = cli.run(arguments
                .strip()
                .replace("file:locks", "file:" + cli.path("locks"))
                .split(" ", -1));
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.err()).contains(message);
        assertThat(result.out()).isEmpty();
        assertThat(cli.path("locks")).doesNotExist();
        assertNothingLeft();
    }

    @Test
    void names_areThoseOfTheScenarios() {
        assertThat(BenchCommand.SCENARIOS).isEqualTo(BenchScenario.ids());
    }

    @Test
    void scenarios_areReportedAsTableJsonAndPage() throws IOException {
        Cli.Result result = cli.run(reported(
                "--scenarios=uncontended,handoff",
                "--duration=1s",
                "file:" + cli.path("locks"),
                "file:" + cli.path("others")));
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .contains(
                        "uncontended: 1 process x 1 thread on 1 name",
                        "handoff: 2 processes",
                        "grants/s",
                        "hand-off p50")
                .doesNotContain("PARTIAL", "lost updates");
        assertThat(figures())
                .containsEntry("complete", true)
                .containsEntry("ended_early", null)
                .containsEntry("stores", List.of("file:" + cli.path("locks"), "file:" + cli.path("others")));
        List<Map<String, Object>> comparisons = list(figures(), "comparisons");
        assertThat(comparisons).extracting(one -> one.get("scenario")).containsExactly("uncontended", "handoff");
        for (Map<String, Object> contender : list(comparisons.get(0), "contenders")) {
            assertThat(list(contender, "rounds")).hasSize(1);
            assertThat(contender.get("percentiles").toString()).contains("acquire", "p50_us", "p100_us");
        }
        assertThat(Cli.text(html))
                .contains("<h2>A free lock</h2>", "<h2>Hand-off</h2>", "Throughput against contention", "Chart.js v4")
                .contains("What these figures do not say", "holdfast bench file:")
                .doesNotContain("partial");
        assertThat(cli.path("locks")).doesNotExist();
        assertNothingLeft();
    }

    @Test
    void rate_isReachedOrSaidNotToBe_andThePasswordStaysSecret() throws IOException, InterruptedException {
        Cli.Result carried = cli.run(reported("--rate=2/s", "--names=3", "--duration=1s", uri(redis, "")));
        assertThat(carried.code()).as(carried.out() + carried.err()).isZero();
        assertThat(carried.out()).contains("load: 3 names in turn", "2.0/s", "carried, p99");
        Map<String, Object> load = list(figures(), "loads").get(0);
        assertThat(load).containsEntry("held", true);
        assertNoLockLeft();
        assertThat(Stream.of(carried.out(), carried.err(), Cli.text(json), Cli.text(html)))
                .noneMatch(text -> text.contains(PASSWORD));

        Cli.Result hold = cli.run("bench", uri(redis, ""), "--rate=60/s", "--names=1", "--hold=30ms", "--duration=1s");
        assertThat(hold.code()).as(hold.out() + hold.err()).isEqualTo(ExitCodes.FAILURE);
        assertThat(hold.out()).contains("NOT REACHED: ", " instead of 60/s");
        assertNoLockLeft();
    }

    @Test
    void limit_isLookedForAndEnds() throws IOException {
        Cli.Result result = cli.run(reported(
                "--find-limit", "--rate=1/s", "--p99=1ns", "--names=1", "--duration=1s", "file:" + cli.path("locks")));
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(ExitCodes.FAILURE);
        assertThat(result.out()).contains("TOO SLOW: p99", "no rate held, not even 1.0/s (p99 within 1ns)");
        assertThat(list(figures(), "loads")).hasSize(2);
        assertNothingLeft();
    }

    @Test
    void interruptedRun_reportsWhatThereIsAndLeavesNothing() throws IOException, InterruptedException {
        Cli.Started bench = cli.start(reported(
                "--scenarios=uncontended,processes", "--duration=1s", uri(redis, ""), "file:" + cli.path("locks")));
        until(bench, () -> Files.exists(json));
        until(bench, () -> bench.process().children().count() > 2);
        List<ProcessHandle> workers = bench.process().children().toList();
        // One that is just being started still has the line of its parent, on which the user has put the password.
        String own = commandLine(bench.process().toHandle());
        until(bench, () -> workers.stream().map(BenchTest::commandLine).noneMatch(own::equals));
        assertThat(workers.stream().map(BenchTest::commandLine)).noneMatch(line -> line.contains(PASSWORD));
        bench.signal("INT");
        Cli.Result result = bench.end();
        assertThat(result.code()).as(result.err()).isEqualTo(130);
        assertThat(result.err()).contains("ended early: it was ended by signal 2; the report is partial");
        assertThat(result.out()).contains("uncontended: ", "PARTIAL: the run ended early");
        assertThat(figures()).containsEntry("complete", false).containsEntry("ended_early", "it was ended by signal 2");
        assertThat(list(figures(), "comparisons")).isNotEmpty();
        assertThat(Cli.text(html)).contains("This report is partial. The run ended early: it was ended by signal 2");
        assertThat(workers).noneMatch(worker -> Cli.runs(worker.pid()));
        assertThat(cli.path("locks")).doesNotExist();
        assertNothingLeft();
        assertNoLockLeft();
    }

    /** A run that ends before, because this machine stalls, says why. */
    private static void until(Cli.Started bench, BooleanSupplier condition) {
        Cli.until(
                "the run has got so far",
                () -> condition.getAsBoolean() || !bench.process().isAlive());
        assertThat(bench.process().isAlive())
                .as(() -> Cli.text(bench.out()) + Cli.text(bench.err()))
                .isTrue();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void storeThatDiesMeanwhile_isNamedAndTheRestIsReported() throws IOException {
        try (RedisServer dying = RedisServer.start("--requirepass", PASSWORD)) {
            Cli.Started bench = cli.start(reported(
                    "--scenarios=uncontended,names", "--duration=1s", uri(dying, "?lease-time=2s&call-timeout=500ms")));
            until(bench, () -> Files.exists(json));
            dying.kill();
            Cli.Result result = bench.end();
            assertThat(result.code()).as(result.err()).isEqualTo(ExitCodes.UNAVAILABLE);
            assertThat(result.err()).contains("holdfast: bench ended early: redis://", "the report is partial");
            assertThat(result.out()).contains("uncontended: ", "PARTIAL");
            assertThat(figures()).containsEntry("complete", false);
            assertThat(Cli.text(html)).contains("This report is partial");
            assertNothingLeft();
        }
    }

    @Test
    void fullDisk_isToldAndTheTableIsThere() throws IOException {
        Cli.Result result = cli.run(
                "bench",
                "--scenarios=uncontended",
                "--duration=1s",
                "--json=/dev/full",
                "--html=" + html,
                "file:" + cli.path("locks"));
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCodes.CANNOT_CREATE);
        assertThat(result.err()).contains("cannot write --json /dev/full");
        assertThat(result.out()).contains("uncontended: ");
        assertThat(Cli.text(html)).contains("<h2>A free lock</h2>").endsWith("</html>\n");
        assertNothingLeft();
    }
}
