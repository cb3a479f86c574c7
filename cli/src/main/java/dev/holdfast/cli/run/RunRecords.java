// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which processes {@code run} has started under one lock on this machine. When a {@code run} is killed, the kernel frees its lock and
 * ends its command in no particular order; the next {@code run} reads here whose end it has to see first.
 *
 * <p>A record is a file that only its own {@code run} makes, before it starts anything, and deletes, when the command has ended. The
 * command's number is written by the process that becomes the command. So a record without one, of a {@code run} that is dead, means
 * that no command runs and that none can start any more ({@link CommandProcess}).
 */
final class RunRecords {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration TELL_AFTER = Duration.ofSeconds(1);
    /** A run that lost its lock but lives gets this much longer than the grace that it gives its command. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final Path directory;
    private final String key;
    private final String boot;

    /**
     * @param directory where all records of this user are
     * @param store what tells this store from others
     * @param lock the name of the lock
     */
    RunRecords(Path directory, String store, String lock) throws IOException {
        this.directory = directory;
        this.key = hash(store + '\0' + lock);
        this.boot = Files.readString(BOOT_ID).strip().replace("-", "");
    }

    /**
     * Notes that this process is about to start a command.
     *
     * @param grace how long a command may go on after its lock was lost; null for as long as it likes
     * @return the record's file
     */
    Path open(@Nullable Duration grace) throws IOException {
        ProcessIdentity self = ProcessIdentity.current();
        String name = String.join(
                ".",
                key,
                boot,
                Long.toString(self.pid()),
                Long.toString(self.start()),
                grace == null ? "unlimited" : Long.toString(grace.toMillis()));
        Path file = directory.resolve(name);
        Files.write(file, new byte[0]);
        return file;
    }

    /**
     * Waits until no command of an earlier run is left, and ends those that should have ended. Called while holding the lock.
     *
     * @param deadline a {@code nanoTime} at which to give up
     * @param tell hears what takes so long
     * @return null, or what still runs at the deadline
     */
    @Nullable
    String settle(long deadline, Consumer<String> tell) throws IOException, InterruptedException {
        List<Note> others = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, key + ".*")) {
            for (Path file : files) {
                Note record = Note.parse(file);
                if (record == null || !record.boot.equals(boot)) {
                    Files.deleteIfExists(file);
                } else if (!record.run.equals(ProcessIdentity.current())) {
                    others.add(record);
                }
            }
        }
        for (Note record : others) {
            String left = settle(record, deadline, tell);
            if (left != null) {
                return left;
            }
        }
        return null;
    }

    private static @Nullable String settle(Note record, long deadline, Consumer<String> tell)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        boolean told = false;
        long pause = 200_000;
        while (Files.exists(record.file)) {
            // In this order: a run that is found dead writes nothing more, and what its command wrote before is seen.
            boolean runs = record.run.runs();
            ProcessIdentity command = record.command();
            boolean commandRuns = command != null && command.runs();
            long waited = System.nanoTime() - began;
            if (runs && (record.grace == null || (command != null && !commandRuns))) {
                return null; // it deletes its record itself
            }
            boolean late = !runs
                    || record.grace == null
                    || waited > record.grace.plus(SLACK).toNanos();
            if (!commandRuns && late) {
                // A run that is alive, but has been stopped since before it started its command, finds its record gone.
                Files.deleteIfExists(record.file);
                return null;
            }
            boolean mayEnd = command == null || !commandRuns || !late || command.kill();
            if (!told && waited > TELL_AFTER.toNanos()) {
                told = true;
                tell.accept("waiting for the command of an earlier run (process "
                        + (command == null ? record.run : command).pid() + ") to end"
                        + (mayEnd ? "" : "; it belongs to somebody else and cannot be ended from here"));
            }
            if (System.nanoTime() - deadline >= 0) {
                return "the command of an earlier run (process " + (command == null ? record.run : command).pid()
                        + ") has not ended";
            }
            LockSupport.parkNanos(pause);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            pause = Math.min(pause * 2, 20_000_000);
        }
        return null;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What the name of a record's file says. */
    private record Note(
            Path file,
            String boot,
            ProcessIdentity run,
            @Nullable Duration grace) {
        static @Nullable Note parse(Path file) {
            String[] parts = file.getFileName().toString().split("\\.", -1);
            try {
                return parts.length != 5
                        ? null
                        : new Note(
                                file,
                                parts[1],
                                new ProcessIdentity(Long.parseLong(parts[2]), Long.parseLong(parts[3])),
                                parts[4].equals("unlimited") ? null : Duration.ofMillis(Long.parseLong(parts[4])));
            } catch (NumberFormatException e) {
                return null;
            }
        }

        /** The command, once it has written itself down. */
        @Nullable
        ProcessIdentity command() throws IOException {
            String text;
            try {
                text = Files.readString(file, StandardCharsets.ISO_8859_1);
            } catch (java.nio.file.NoSuchFileException e) {
                return null;
            }
            String[] parts = text.strip().split(" ", -1);
            return text.endsWith("\n") && parts.length == 2
                    ? new ProcessIdentity(Long.parseLong(parts[0]), Long.parseLong(parts[1]))
                    : null;
        }
    }
}
