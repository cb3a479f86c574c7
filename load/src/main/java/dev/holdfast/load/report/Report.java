// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All comparisons of one start, for programs. */
public final class Report {
    private Report() {}

    /**
     * Whether the file can be written, before something that takes minutes.
     *
     * @param file where to, or null for nowhere
     * @throws IllegalArgumentException if there is no folder for it, or a folder in its place
     */
    public static void check(@Nullable Path file) {
        if (file == null) {
            return;
        }
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || parent == null || !Files.isDirectory(parent)) {
            throw new IllegalArgumentException("--json " + file + " cannot be written: no such file can be made there");
        }
    }

    /**
     * Writes a file.
     *
     * @param file where to
     * @param machine where and how the figures came about
     * @param comparisons the results
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Machine machine, List<Comparison> comparisons) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("machine", machine.json());
        json.put("comparisons", comparisons.stream().map(Comparison::json).toList());
        Files.writeString(file, JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json) + "\n");
    }
}
