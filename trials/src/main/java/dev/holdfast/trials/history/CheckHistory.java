// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that judges histories: {@code java -cp ... dev.holdfast.trials.history.CheckHistory FILES-OR-DIRECTORIES...} */
public final class CheckHistory {
    private CheckHistory() {}

    /**
     * Prints the verdict. Exits with 1 if a promise was broken, and with 2 if the files cannot be read or have no hold in them.
     *
     * @param args files of one history, or directories with such files
     */
    @SuppressWarnings("SystemOut") // This is a program, and that is its output.
    public static void main(String[] args) {
        try {
            Verdict verdict = judge(args);
            System.out.print(verdict);
            System.exit(verdict.isGood() ? 0 : 1);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("no verdict: " + e.getMessage());
            System.exit(2);
        }
    }

    private static Verdict judge(String[] args) throws IOException {
        List<History.ProcessHistory> processes = new ArrayList<>();
        for (String arg : args) {
            Path path = Path.of(arg);
            History read = Files.isDirectory(path) ? History.in(path) : History.of(List.of(path));
            processes.addAll(read.processes());
        }
        Verdict verdict = Verdict.of(new History(processes));
        if (verdict.holds() == 0) {
            throw new IOException("there is no hold in it; give the files that the workers wrote, or their directory");
        }
        return verdict;
    }
}
