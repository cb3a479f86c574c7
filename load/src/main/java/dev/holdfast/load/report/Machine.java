// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where figures come from: without it they say nothing.
 *
 * @param date the day, UTC
 * @param processors how many
 * @param system the operating system
 * @param java the JVM
 * @param fileSystem of the directory that the locks are in
 * @param loadBefore how many processes wanted a processor in the minute before, or a negative number if that is unknown
 */
public record Machine(
        LocalDate date, int processors, String system, String java, String fileSystem, double loadBefore) {
    /**
     * Looks at this machine.
     *
     * @param directory where file locks will be
     * @return what there is
     * @throws IOException if the directory cannot be looked at
     */
    public static Machine here(Path directory) throws IOException {
        return new Machine(
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                Files.getFileStore(directory).type(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /**
     * For people.
     *
     * @return one line
     */
    public String line() {
        return String.format(
                Locale.ROOT,
                "%s, %d processors, %s, %s, files on %s, load before %.1f"
                        + (isBusy() ? ": busy, so expect noise" : ""),
                date,
                processors,
                system,
                java,
                fileSystem,
                loadBefore);
    }

    /** Whether more was wanted in the minute before than the processors can do. */
    private boolean isBusy() {
        return loadBefore > processors;
    }

    /**
     * For programs.
     *
     * @return all of it
     */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("date", date.toString());
        json.put("processors", processors);
        json.put("system", system);
        json.put("java", java);
        json.put("file_system", fileSystem);
        json.put("load_before", loadBefore);
        return json;
    }
}
