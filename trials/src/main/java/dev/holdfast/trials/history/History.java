// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What some processes wrote down with {@link HistoryRecorder}.
 *
 * @param processes one entry for each file
 */
public record History(List<ProcessHistory> processes) {
    /**
     * What one process wrote down.
     *
     * @param pid the process
     * @param operations its operations; those of one thread in the order of their calls
     * @param torn how many records were not whole: at most one for each thread of a process that was killed
     */
    public record ProcessHistory(long pid, List<Operation> operations, int torn) {}

    /**
     * Reads all histories of a directory.
     *
     * @param directory where the recorders were created
     * @return the history
     * @throws IOException if there is none, or one cannot be read
     */
    public static History in(Path directory) throws IOException {
        List<Path> histories = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(HistoryRecorder.SUFFIX))
                    .sorted()
                    .toList()) {
                if (!HistoryReader.isUnborn(file)) {
                    histories.add(file);
                }
            }
        }
        return of(histories);
    }

    /**
     * Reads histories.
     *
     * @param files at least one
     * @return the history
     * @throws IOException if a file is none or cannot be read
     */
    public static History of(List<Path> files) throws IOException {
        if (files.isEmpty()) {
            throw new IOException("there is no file of a history (*" + HistoryRecorder.SUFFIX + ")");
        }
        List<ProcessHistory> processes = new ArrayList<>();
        for (Path file : files) {
            processes.add(HistoryReader.read(file));
        }
        return new History(List.copyOf(processes));
    }

    /**
     * Records that were not whole, in all files.
     *
     * @return how many
     */
    public int torn() {
        return processes.stream().mapToInt(ProcessHistory::torn).sum();
    }

    /**
     * The operations of one kind in all files.
     *
     * @param kind the kind
     * @return those operations
     */
    public List<Operation> operations(Kind kind) {
        return processes.stream()
                .flatMap(process -> process.operations().stream())
                .filter(operation -> operation.kind() == kind)
                .toList();
    }
}
