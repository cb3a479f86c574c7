// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test run found, store by store, written as a table when the run ends. Its folder is the configuration parameter {@code
 * holdfast.conformance.report}, {@code target/conformance} unless set, nowhere if empty. The run of a single class has a table of its own, because
 * builds that use several JVMs make a run of each class.
 */
final class ConformanceResults implements AutoCloseable {
    static final String FOLDER = "holdfast.conformance.report";

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ConformanceResults.class);

    private final String folder;
    private final Map<String, StoreResult> stores = new TreeMap<>();
    private final Set<String> suites = new TreeSet<>();

    private ConformanceResults(String folder) {
        this.folder = folder;
    }

    static ConformanceResults of(ExtensionContext context) {
        String folder = context.getConfigurationParameter(FOLDER).orElse("target/conformance");
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        ConformanceResults.class, key -> new ConformanceResults(folder), ConformanceResults.class);
    }

    synchronized void note(
            String suite, String store, Map<Capability, String> lacks, Set<Capability> concerns, boolean failed) {
        suites.add(suite);
        StoreResult result = stores.computeIfAbsent(store, name -> new StoreResult());
        result.lacks.putAll(lacks);
        result.cases++;
        if (failed) {
            result.failures++;
        }
        for (Capability capability : concerns) {
            if (!lacks.containsKey(capability)) {
                result.cases(capability)[failed ? 1 : 0]++;
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (folder.isEmpty() || stores.isEmpty()) {
            return;
        }
        String name = suites.size() == 1 ? "capabilities-" + suites.iterator().next() : "capabilities";
        Path target = Files.createDirectories(Path.of(folder)).resolve(name + ".md");
        Files.writeString(target, table());
    }

    private String table() {
        StringBuilder text = new StringBuilder("| |");
        stores.keySet().forEach(store -> text.append(' ').append(store).append(" |"));
        text.append("\n|---|").append("---|".repeat(stores.size())).append('\n');
        List<String> notes = new ArrayList<>();
        for (Capability capability : Capability.values()) {
            text.append("| ").append(capability.title()).append(" |");
            stores.values()
                    .forEach(result -> text.append(' ')
                            .append(result.cell(capability, notes))
                            .append(" |"));
            text.append('\n');
        }
        text.append("| all cases |");
        stores.values().forEach(result -> text.append(' ').append(result.sum()).append(" |"));
        text.append("\n\n");
        for (int i = 0; i < notes.size(); i++) {
            text.append(i + 1).append(". ").append(notes.get(i)).append('\n');
        }
        return text.toString();
    }

    private static final class StoreResult {
        private final Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        private final Map<Capability, int[]> byCapability = new EnumMap<>(Capability.class);
        private int cases;
        private int failures;

        int[] cases(Capability capability) {
            return byCapability.computeIfAbsent(capability, key -> new int[2]);
        }

        String cell(Capability capability, List<String> notes) {
            String reason = lacks.get(capability);
            if (reason != null) {
                if (!notes.contains(reason)) {
                    notes.add(reason);
                }
                return "no [" + (notes.indexOf(reason) + 1) + "]";
            }
            int[] passedAndFailed = cases(capability);
            if (passedAndFailed[1] > 0) {
                return "FAILED " + passedAndFailed[1] + " of " + (passedAndFailed[0] + passedAndFailed[1]);
            }
            return passedAndFailed[0] == 0 ? "not tested" : "yes (" + passedAndFailed[0] + ")";
        }

        String sum() {
            return failures == 0 ? cases + " passed" : failures + " of " + cases + " FAILED";
        }
    }
}
