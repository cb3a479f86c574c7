// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.options.Store;
import dev.holdfast.trials.torture.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The torture, short: what it must find, and what must become of it when it is ended. */
final class TortureTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    private Path directory;

    private Cli cli;

    @BeforeEach
    void setUp() {
        cli = new Cli(directory);
    }

    @AfterEach
    void tearDown() {
        cli.close();
    }

    private String store(String scheme) throws IOException {
        return scheme + ":" + Files.createDirectories(directory.resolve("locks-" + scheme));
    }

    private Cli.Result torture(String... arguments) {
        List<String> line = new ArrayList<>(List.of("torture"));
        line.addAll(List.of(arguments));
        Cli.Started started = cli.start(line.toArray(String[]::new));
        assertThat(started.ends(PATIENCE)).as("it ends").isTrue();
        return started.end();
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("holdfast-torture-"))
                    .toList();
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Map<String, Object>> stores(Path json) throws IOException {
        Map<String, Map<String, Object>> stores = new HashMap<>();
        List<Map<String, Object>> all = (List<Map<String, Object>>)
                (List<?>) JSON.std.mapFrom(Files.readString(json)).get("stores");
        for (Map<String, Object> store : all) {
            stores.put(String.valueOf(store.get("uri")).split(":", 2)[0], store);
        }
        return stores;
    }

    /** How soon a flaw shows is a matter of chance, and of what else the machine does: what was not found is looked for once more, for longer. */
    @Test
    void flawedStores_areFoundOut_andSoundOnesAreNot() throws IOException {
        Map<String, String> flaws = new TreeMap<>(Map.of(
                "releases-anybody", "exclusion by contract",
                "grants-everybody", "exclusion by contract",
                "constant-token", "tokens were given twice",
                "holds-for-ever", "exclusion by contract"));
        Path json = directory.resolve("report.json");
        StringBuilder out = new StringBuilder();
        for (int tries = 1; tries <= 3 && !flaws.isEmpty(); tries++) {
            List<String> arguments = new ArrayList<>(
                    List.of("--minutes", "" + 0.08 * tries, "--lease", "500ms", "--json", json.toString()));
            for (String scheme : flaws.keySet()) {
                arguments.add(store(scheme));
            }
            arguments.add(store("sound"));
            Cli.Result result = torture(arguments.toArray(String[]::new));
            out.append(result.out());
            Map<String, Map<String, Object>> stores = stores(json);
            assertThat(stores.values())
                    .as(result.out() + result.err())
                    .extracting(store -> store.get("partial"))
                    .containsOnly("");
            assertThat(sentence(stores, "sound")).contains("KEPT");
            boolean broken = stores.keySet().stream()
                    .anyMatch(scheme -> sentence(stores, scheme).contains("BROKEN"));
            assertThat(result.code()).isEqualTo(broken ? ExitCodes.FAILURE : 0);
            flaws.entrySet()
                    .removeIf(flaw -> sentence(stores, flaw.getKey()).contains("BROKEN")
                            && sentence(stores, flaw.getKey()).contains(flaw.getValue()));
            assertThat(leftovers()).isEmpty();
        }
        assertThat(flaws).as("not found out").isEmpty();
        assertThat(out)
                .contains("The control was caught", "The same again: holdfast torture 'constant-token:", "--seed ");
    }

    private static String sentence(Map<String, Map<String, Object>> stores, String scheme) {
        return String.valueOf(Objects.requireNonNull(stores.get(scheme)).get("sentence"));
    }

    @Test
    void files_haveNoOverlaps_andThePageSaysSo() throws IOException {
        Path html = directory.resolve("report.html");
        Cli.Result result = torture(store("file"), "--minutes", "0.15", "--html", html.toString());
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .containsPattern("paused worker +[1-9][0-9]* +[0-9]+ +0 +0")
                .containsPattern("killed worker +[1-9][0-9]* +[0-9]+ +0 +0")
                .contains("The network was left alone", "KEPT");
        assertThat(Files.readString(html)).contains("KEPT", "Faults over time");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void interrupted_reportsWhatItFoundAndLeavesNothing() throws IOException {
        Cli.Started torture = cli.start("torture", store("file"), "--minutes", "30");
        Cli.until("the first faults", () -> Cli.text(torture.err()).contains(" faults, "));
        List<ProcessHandle> workers = torture.process().descendants().toList();
        torture.signal("INT");
        assertThat(torture.ends(PATIENCE)).isTrue();
        Cli.Result result = torture.end();
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(130);
        assertThat(result.out()).contains("PARTIAL: it was interrupted", "proves nothing", "--seed ");
        assertThat(workers).noneMatch(worker -> Cli.runs(worker.pid()));
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void controlThatIsNotCaught_makesTheRunProveNothing() throws IOException {
        Cli.Started torture = cli.startLine(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                OtherControl.class.getName(),
                store("file"),
                store("sound")));
        assertThat(torture.ends(PATIENCE)).isTrue();
        Cli.Result result = torture.end();
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(ExitCodes.PROVES_NOTHING);
        assertThat(result.out())
                .contains("THE CONTROL WAS NOT CAUGHT", "This run proves nothing: its control was not caught");
    }

    /** The command with a good lock in the place of the control. */
    static final class OtherControl {
        private OtherControl() {}

        public static void main(String[] args) throws Exception {
            TorturePlan.Target target = new TorturePlan.Target(
                    new Store(args[0]), TortureServers.of(args[0]), FaultKind.WORKERS, "holdfast torture");
            TorturePlan plan = new TorturePlan(
                    List.of(target), Duration.ofSeconds(1), 1, Duration.ofSeconds(2), null, null, null, null);
            System.exit(new TortureRun(plan, args[1]).run());
        }
    }
}
