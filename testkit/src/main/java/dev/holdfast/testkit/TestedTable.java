// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

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
import org.jspecify.annotations.Nullable;

/**
 * The table of a page that says what must not happen, and by which tests that is shown. It stands under the heading {@code What is tested};
 * the last of its columns names tests as {@code `FaultsTest.connectionThatBreaks_costsNoLease`}, further ones of the same class
 * without the class, and cases of the suites as {@code `C: release_twice_isOnce`}. A table that names a test that is not there promises what nobody
 * checks.
 */
public final class TestedTable {
    private static final String HEADING = "## What is tested";
    private static final Pattern NAME = Pattern.compile("`(?:C: )?(?:(\\w+Test)\\.)?(\\w+)`");

    private final List<String> named = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private TestedTable() {}

    /**
     * Reads the table and looks for its tests.
     *
     * @param page the document, in Markdown
     * @param neighbour a test class: tests that the table names by their class are in its package
     * @return the table
     * @throws IOException if the page cannot be read, or has no such table
     */
    public static TestedTable of(Path page, Class<?> neighbour) throws IOException {
        Set<String> cases = new HashSet<>();
        cases(LockConformance.class, cases);
        cases(BackendConformance.class, cases);
        TestedTable table = new TestedTable();
        for (String row : rows(page)) {
            table.look(row, cases, neighbour);
        }
        return table;
    }

    /**
     * The tests that the table names.
     *
     * @return the names of their methods, in the table's order
     */
    public List<String> named() {
        return List.copyOf(named);
    }

    /**
     * Those of them that are not there.
     *
     * @return empty if the table is true; names of classes too
     */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    private void look(String row, Set<String> cases, Class<?> neighbour) {
        Class<?> last = null;
        Matcher name = NAME.matcher(row);
        while (name.find()) {
            String method = name.group(2);
            String type = name.group(1) == null && method.endsWith("Test") ? method : name.group(1);
            if (type != null) {
                last = testClass(type, neighbour);
            }
            if (method.contains("_")) {
                named.add(method);
                if (!cases.contains(method) && (last == null || !has(last, method))) {
                    missing.add(method);
                }
            }
        }
    }

    /** Not initialized: that would start its servers. */
    private @Nullable Class<?> testClass(String name, Class<?> neighbour) {
        try {
            return Class.forName(neighbour.getPackageName() + "." + name, false, neighbour.getClassLoader());
        } catch (ClassNotFoundException e) {
            missing.add(name);
            return null;
        }
    }

    private static List<String> rows(Path page) throws IOException {
        String text = Files.readString(page) + "\n## ";
        int from = text.indexOf(HEADING);
        if (from < 0) {
            throw new IOException(page + " has no heading '" + HEADING + "'");
        }
        return text.substring(from, text.indexOf("\n## ", from + 1))
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.substring(line.lastIndexOf(" | ") + 3))
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
