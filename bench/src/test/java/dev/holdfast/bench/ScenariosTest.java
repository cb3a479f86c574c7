// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.holdfast.load.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario runs and gives figures that can be true. How good they are is not for a test. */
final class ScenariosTest {
    @TempDir
    private Path directory;

    private Path places;
    private Path json;

    @BeforeEach
    void setUp() throws IOException {
        places = Files.createDirectory(directory.resolve("places"));
        json = directory.resolve("figures.json");
    }

    private Bench measure(Scenario scenario) {
        List<String> args =
                new ArrayList<>(List.of(scenario.id(), "--dir", places.toString(), "--json", json.toString()));
        args.addAll(
                switch (scenario.kind()) {
                    case LOAD -> load(scenario);
                    case MANY -> List.of("--count", "20");
                    case FIXED -> List.of();
                });
        return Bench.quick(args.toArray(String[]::new));
    }

    /** Each thread has a name of its own where two of a process may not share one. */
    private static List<String> load(Scenario scenario) {
        String names = scenario.contenders().contains("filelock") ? "4" : "1";
        return List.of("--processes", "2", "--threads", "2", "--names", names, "--hold", "0,20us");
    }

    @SuppressWarnings("unchecked")
    private static <T> List<Map<String, T>> list(Object json, String key) {
        return (List<Map<String, T>>) ((Map<String, Object>) json).get(key);
    }

    static List<Scenario> all() {
        return Scenario.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void scenario_givesPlausibleFigures(Scenario scenario) throws IOException {
        Bench bench = measure(scenario);
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        List<Map<String, Object>> comparisons = list(JSON.std.anyFrom(json.toFile()), "comparisons");
        assertThat(comparisons).hasSize(scenario.kind() == Scenario.Kind.LOAD ? 2 : 1);
        for (Map<String, Object> comparison : comparisons) {
            List<Map<String, Object>> contenders = list(comparison, "contenders");
            assertThat(contenders)
                    .extracting(contender -> contender.get("contender"))
                    .isEqualTo(scenario.contenders());
            assertThat(contenders.get(0).getOrDefault("ratio", 1.0)).isEqualTo(1.0);
            for (Map<String, Object> contender : contenders) {
                List<Map<String, Number>> rounds = list(contender, "rounds");
                assertThat(rounds).hasSize(1).allSatisfy(ScenariosTest::plausible);
                assertThat(bench.out()).contains((String) contender.get("contender"));
            }
        }
    }

    private static void plausible(Map<String, Number> round) {
        assertThat(round)
                .isNotEmpty()
                .allSatisfy((name, figure) ->
                        assertThat(figure.doubleValue()).as(name).isNotNegative());
        for (String positive :
                List.of("grants", "acquire_max_us", "handoffs", "handoff_max_us", "taken", "given_back", "drained")) {
            assertThat(round.getOrDefault(positive, 1).doubleValue())
                    .as(positive)
                    .isPositive();
        }
        for (String defect : List.of("lost_updates", "lost_locks")) {
            assertThat(round.getOrDefault(defect, 0).doubleValue()).as(defect).isZero();
        }
        assertThat(round.getOrDefault("least_share", 1).doubleValue()).isBetween(0.0, 1.0);
        for (List<String> rising : List.of(
                List.of("acquire_p50_us", "acquire_p99_us", "acquire_p999_us", "acquire_max_us"),
                List.of("handoff_p50_us", "handoff_p90_us", "handoff_p99_us", "handoff_max_us"))) {
            assertThat(rising.stream()
                            .filter(round::containsKey)
                            .map(name -> round.get(name).doubleValue()))
                    .isSorted();
        }
    }

    @Test
    void afterwards_noWorkerAndNoFileIsLeft() throws IOException {
        Bench bench = measure(Scenario.all().get(0));
        assertThat(bench.code()).as(bench.err()).isZero();
        Bench.leavesNoProcess();
        assertThat(places).isEmptyDirectory();
    }
}
