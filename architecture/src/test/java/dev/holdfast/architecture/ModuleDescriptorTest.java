// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Provides;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the modules open to the world. */
final class ModuleDescriptorTest {
    private static final ModuleDescriptor CORE = BuiltModule.core().descriptor();

    @Test
    void core_exportsOnlyApiSpiAndItsBackends() {
        assertThat(CORE.exports().stream().filter(e -> !e.isQualified()).map(Exports::source))
                .contains("dev.holdfast", "dev.holdfast.spi")
                .isSubsetOf("dev.holdfast", "dev.holdfast.spi", "dev.holdfast.memory", "dev.holdfast.file");
    }

    @Test
    void core_showsItsEngineToNobodyButTheTestkit() {
        Map<String, Set<String>> shown = CORE.exports().stream()
                .filter(Exports::isQualified)
                .collect(Collectors.toMap(Exports::source, Exports::targets));
        Map<String, Set<String>> allowed = Map.of("dev.holdfast.internal.engine", Set.of("dev.holdfast.testkit"));
        assertThat(allowed).containsAllEntriesOf(shown);
    }

    @Test
    void core_opensNothing() {
        assertThat(CORE.isOpen()).isFalse();
        assertThat(CORE.opens()).isEmpty();
    }

    @Test
    void service_isProvidedOnTheClassPathToo() throws IOException {
        for (BuiltModule module : BuiltModule.all().values()) {
            for (Provides provides : module.descriptor().provides()) {
                assertThat(module.serviceFile(provides.service()))
                        .as(
                                "META-INF/services/%s of %s",
                                provides.service(), module.descriptor().name())
                        .containsExactlyInAnyOrderElementsOf(provides.providers());
            }
        }
    }

    @Test
    void everyModule_isOnTheClassPathOfTheseTests() throws IOException {
        Path project =
                Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
        try (Stream<Path> folders = Files.list(project)) {
            List<String> names = folders.map(ModuleDescriptorTest::moduleIn)
                    .filter(Objects::nonNull)
                    .toList();
            assertThat(BuiltModule.all()).containsOnlyKeys(names);
        }
    }

    /** The modules of ZooKeeper's client share packages, so nothing that needs them can be a module either. */
    private static String moduleIn(Path folder) {
        Path moduleInfo = folder.resolve("src/main/java/module-info.java");
        if (Files.exists(moduleInfo)) {
            return nameIn(moduleInfo);
        }
        return folder.endsWith("zookeeper") ? "dev.holdfast.zookeeper" : null;
    }

    private static String nameIn(Path moduleInfo) {
        try (Stream<String> lines = Files.lines(moduleInfo)) {
            return lines.filter(line -> line.startsWith("module "))
                    .map(line -> line.split("\\s+", -1)[1])
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
