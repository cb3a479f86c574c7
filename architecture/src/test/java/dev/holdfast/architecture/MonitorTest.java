// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The core has no monitors. Before JDK 24 a virtual thread that waits inside one keeps its carrier, so that callers would stop
 * each other; and a rule without exceptions needs no judgement of what can block.
 */
final class MonitorTest {
    private static final Path SOURCES = Path.of("..", "core", "src", "main", "java");
    private static final Pattern NO_CODE =
            Pattern.compile("//[^\\n]*|/\\*.*?\\*/|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL);
    private static final Pattern MONITOR = Pattern.compile("\\bsynchronized\\b");

    @Test
    void core_hasNoSynchronizedCode() throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(SOURCES)) {
            files = tree.filter(file -> file.toString().endsWith(".java")).toList();
        }
        assertThat(files).hasSizeGreaterThan(50);
        for (Path file : files) {
            assertThat(NO_CODE.matcher(Files.readString(file)).replaceAll(" "))
                    .as("%s", file)
                    .doesNotContainPattern(MONITOR);
        }
    }

    @Test
    void core_waitsInNoMonitor() {
        Set<String> onMonitors = Set.of("wait", "notify", "notifyAll");
        DescribedPredicate<JavaCall<?>> ofMonitors = DescribedPredicate.describe("of a monitor", call -> {
            AccessTarget target = call.getTarget();
            return onMonitors.contains(target.getName()) && target.getOwner().isEquivalentTo(Object.class);
        });
        noClasses()
                .should()
                .callCodeUnitWhere(ofMonitors)
                .check(BuiltModule.core().classes());
    }
}
