// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.LockConformance;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about Redis says by which tests things are prevented. They exist. */
final class TestedTableTest {
    private static final Path PAGE = Path.of("..", "docs", "backends", "redis.md");
    private static final Pattern NAME = Pattern.compile("`(?:C: )?(?:(\\w+Test)\\.)?(\\w+)`");

    @Test
    void testsThatThePageNames_exist() throws Exception {
        Set<String> cases = new HashSet<>();
        cases(LockConformance.class, cases);
        cases(BackendConformance.class, cases);
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String row : table()) {
            Class<?> last = null;
            Matcher name = NAME.matcher(row);
            while (name.find()) {
                String method = name.group(2);
                if (name.group(1) != null || method.endsWith("Test")) {
                    last = testClass(name.group(1) != null ? name.group(1) : method);
                }
                if (method.contains("_")) {
                    named++;
                    if (!cases.contains(method) && (last == null || !has(last, method))) {
                        missing.add(method);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).as("tests that are named").isGreaterThan(40);
    }

    /** Not initialized: that would start its servers. */
    private static Class<?> testClass(String name) throws ClassNotFoundException {
        return Class.forName("dev.holdfast.redis." + name, false, TestedTableTest.class.getClassLoader());
    }

    private static List<String> table() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf("## What is tested");
        return page.substring(from, page.indexOf("\n## ", from + 1))
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split(" \\| ", -1)[1])
                .toList();
    }

    /** The suites are nested classes that inherit their cases. */
    private static void cases(Class<?> suite, Set<String> names) {
        for (Method method : suite.getMethods()) {
            names.add(method.getName());
        }
        for (Class<?> type = suite; type != null; type = type.getSuperclass()) {
            Stream.of(type.getDeclaredMethods()).map(Method::getName).forEach(names::add);
            for (Class<?> nested : type.getDeclaredClasses()) {
                cases(nested, names);
            }
        }
    }

    private static boolean has(Class<?> type, String method) {
        return Stream.of(type.getDeclaredMethods())
                .anyMatch(declared -> declared.getName().equals(method));
    }
}
