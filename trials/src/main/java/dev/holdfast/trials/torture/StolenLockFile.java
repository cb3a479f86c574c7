// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedCall;
import dev.holdfast.trials.history.RecordedHold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The known-bad control: a lock file that anybody may take away when it is old, and whose release asks for no owner. It mostly works, which is
 * the point: only who stops its holder, or kills somebody at the wrong moment, sees two inside. A run that does not catch it proves
 * nothing.
 */
final class StolenLockFile implements Contestant {
    /** The word for this lock in the place of a URI. */
    static final String URI = "control";

    private static final Duration OLD = Duration.ofMillis(50);
    private static final long POLL_NANOS = 500_000;

    private final Path directory;

    StolenLockFile(Path directory) {
        this.directory = directory;
    }

    @Override
    public @Nullable Held acquire(HistoryRecorder recorder, String name, Duration timeout) throws InterruptedException {
        RecordedCall call = timeout.isZero() ? recorder.trying(name) : recorder.acquiring(name);
        Path file = directory.resolve(name + ".stolen");
        long end = System.nanoTime() + timeout.toNanos();
        while (!take(file)) {
            if (System.nanoTime() - end >= 0) {
                call.failed();
                return null;
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        long token = System.nanoTime();
        return new HeldFile(file, token, call.granted(token, Long.MAX_VALUE));
    }

    private static boolean take(Path file) {
        try {
            Files.createFile(file);
            return true;
        } catch (FileAlreadyExistsException e) {
            deleteIfOld(file);
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteIfOld(Path file) {
        try {
            long age =
                    System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
            if (age > OLD.toMillis()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody else was faster.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record HeldFile(Path file, long token, RecordedHold recorded) implements Held {
        @Override
        public boolean isHeld() {
            return true;
        }

        @Override
        public void release() {
            RecordedCall call = recorded.releasing();
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            call.done();
        }
    }
}
