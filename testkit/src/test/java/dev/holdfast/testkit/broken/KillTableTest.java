// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The suite is tested too: it passes on the controls, and fails on every broken store, in each of the cases that the kill table of
 * docs/conformance.md names for it. On a broken store only these are run; {@code -Dholdfast.killtable=whole} runs all of them, in about
 * five minutes, and writes the table anew.
 */
final class KillTableTest {
    private static final boolean WHOLE = "whole".equals(System.getProperty("holdfast.killtable"));
    private static final Map<Defect, Map<String, Throwable>> KILLS = new EnumMap<>(Defect.class);
    private static final Path DOCS = Path.of("..", "docs", "conformance.md");
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| (`[^|]+`) \\|");

    @ParameterizedTest
    @EnumSource
    void suite_onADefect_failsAndOnAControlPasses(Defect defect) throws IOException {
        Set<String> documented = defect.isControl() ? Set.of() : documented(defect);
        Map<String, Throwable> failures = failures(defect, WHOLE ? Set.of() : documented);
        KILLS.put(defect, failures);
        if (defect.isControl()) {
            assertThat(failures).isEmpty();
        } else {
            assertThat(failures).as("cases that catch: " + defect.title()).isNotEmpty();
            assertThat(failures.keySet())
                    .as("what the kill table in docs/conformance.md says of: " + defect.title())
                    .containsAll(documented);
        }
    }

    /** Runs the suites, or only the cases that are named. */
    private static Map<String, Throwable> failures(Defect defect, Set<String> only) {
        Map<String, Throwable> failures = new TreeMap<>();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(BrokenBackend.class), selectClass(BrokenLock.class))
                // They count the threads of the process, and this run is parallel. The controls run them by themselves.
                .filters(TagFilter.excludeTags("load"), oneOf(only))
                .configurationParameter(DefectParameter.NAME, defect.name())
                .configurationParameter("holdfast.conformance.report", "")
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter(
                        "junit.jupiter.execution.parallel.config.executor-service", "WORKER_THREAD_POOL")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "6")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.max-pool-size", "6")
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(thrown -> {
                    synchronized (failures) {
                        failures.put(name(test), thrown);
                    }
                });
            }
        });
        return failures;
    }

    private static PostDiscoveryFilter oneOf(Set<String> only) {
        return test -> FilterResult.includedIf(
                only.isEmpty() || method(test.getSource()).map(only::contains).orElse(true));
    }

    private static String name(TestIdentifier test) {
        return method(test.getSource()).orElse(test.getDisplayName());
    }

    private static Optional<String> method(Optional<TestSource> source) {
        return source.filter(MethodSource.class::isInstance).map(method -> ((MethodSource) method).getMethodName());
    }

    private static Set<String> documented(Defect defect) throws IOException {
        assertThat(DOCS).exists();
        for (String line : Files.readAllLines(DOCS)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && row.group(1).strip().equals(defect.title())) {
                return Pattern.compile("`([^`]+)`")
                        .matcher(row.group(2))
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        }
        throw new AssertionError("docs/conformance.md has no row for: " + defect.title());
    }

    @AfterAll
    static void writeTheKillTable() throws IOException {
        if (!WHOLE) {
            return;
        }
        StringBuilder table = new StringBuilder("| defect | caught by |\n|---|---|\n");
        StringBuilder reasons = new StringBuilder();
        KILLS.forEach((defect, failures) -> {
            table.append("| ").append(defect.title()).append(" | ");
            table.append(
                    failures.keySet().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")));
            table.append(" |\n");
            failures.forEach((name, thrown) -> reasons.append(defect)
                    .append(' ')
                    .append(name)
                    .append(": ")
                    .append(thrown.toString().replaceAll("\\s+", " "))
                    .append('\n'));
        });
        Path folder = Files.createDirectories(Path.of("target", "conformance"));
        Files.writeString(folder.resolve("kill-table.md"), table);
        Files.writeString(folder.resolve("kill-reasons.txt"), reasons);
    }
}
