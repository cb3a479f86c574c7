// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One process, not to be mistaken for a later one with the same number. Linux only. The start is counted from the boot, because the
 * wall clock, from which Java's {@code startInstant} is made, may be set between two looks.
 *
 * @param pid its number
 * @param start clock ticks from the boot to its start
 */
record ProcessIdentity(long pid, long start) {
    private static final Path PROC = Path.of("/proc");
    /** Field 22 of stat, counted from the state, field 3. */
    private static final int START = 22 - 3;

    /** Whether this system tells what we need. */
    static boolean canTell() {
        return stat(ProcessHandle.current().pid()) != null;
    }

    /** This process. */
    static ProcessIdentity current() {
        long pid = ProcessHandle.current().pid();
        String[] stat = stat(pid);
        if (stat == null) {
            throw new IllegalStateException("/proc has no entry for this process");
        }
        return new ProcessIdentity(pid, Long.parseLong(stat[START]));
    }

    /** Whether code of this process may still run. */
    boolean runs() {
        String[] stat = stat(pid);
        if (stat == null || Long.parseLong(stat[START]) != start) {
            return false;
        }
        return switch (stat[0]) {
            case "X", "x" -> false;
            // The first thread of a killed process can be a zombie while others are still on their way out.
            case "Z" -> hasOtherThreads();
            default -> true;
        };
    }

    /**
     * Ends the process at once.
     *
     * @return false if it may not be ended
     */
    boolean kill() {
        return !runs()
                || ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(true);
    }

    private boolean hasOtherThreads() {
        int threads = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(PROC.resolve(pid + "/task"))) {
            for (Path ignored : tasks) {
                threads++;
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false; // gone while we looked
        }
        return threads > 1;
    }

    /** The fields from the state on; what stands before them is the name, which may contain anything. */
    private static String @Nullable [] stat(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return null; // ESRCH: gone between open and read
        }
    }

    /**
     * Whether this process is in the foreground of a terminal, so that Ctrl-C reaches its children too.
     *
     * @return false also where this cannot be told
     */
    static boolean inForegroundOfTerminal() {
        String[] stat = stat(ProcessHandle.current().pid());
        // From the state: ppid, pgrp, session, tty_nr, tpgid.
        return stat != null && !stat[4].equals("0") && stat[5].equals(stat[2]);
    }
}
