// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import dev.holdfast.BackendException;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One claim's way through a lock file: in line, holding the kernel's lock with its record written, over. Its fields are
 * guarded by the lock file's entry. Answers are given outside of it, because the engine may call back with locks of its own held.
 */
final class Turn implements Consumer<@Nullable Throwable> {
    /** What is in the way is over in microseconds, unless its process loses its processor or is stopped in the middle. */
    private static final long LONGEST_UNSETTLED = 200_000_000;

    private static final long UNSETTLED_PAUSE = 50_000;

    private final JvmLocks jvm;
    private final LockDirectory directory;
    private final HolderRecord self;
    private final Claim claim;
    private boolean inLine;
    private boolean held;
    private boolean withdrawn;
    private long revision;

    Turn(JvmLocks jvm, LockDirectory directory, HolderRecord self, Claim claim) {
        this.jvm = jvm;
        this.directory = directory;
        this.self = self;
        this.claim = claim;
    }

    private LockFile enter() {
        return LockFile.enter(jvm, directory, claim.key());
    }

    /** Asks for the lock, or finds what became of having asked before. */
    void acquire() {
        long start = System.nanoTime();
        long now = start;
        while (!tryAcquire(now, now - start < LONGEST_UNSETTLED)) {
            LockSupport.parkNanos(this, UNSETTLED_PAUSE);
            now = System.nanoTime();
        }
    }

    /** Asks once and answers, unless {@code patient} and the lock is about to come free. */
    private boolean tryAcquire(long now, boolean patient) {
        boolean taken = false;
        boolean granted = false;
        boolean waiting = false;
        BackendException failure = null;
        Throwable unrecorded = null;
        LockFile file = enter();
        try {
            boolean holding = file.holder() == this;
            if (!holding && !inLine) {
                withdrawn = false;
                taken = file.take(this, now);
                inLine = !taken && claim.waits();
                if (taken) {
                    unrecorded = record(file);
                } else if (inLine) {
                    file.join(this);
                    if (claim.awaits()) {
                        file.promise(this);
                    }
                } else if (patient && file.isUnsettled()) {
                    return false;
                }
            }
            granted = held;
            waiting = inLine || (holding && !withdrawn);
        } catch (IOException e) {
            failure = directory.explain("acquire", claim.name(), e);
        } finally {
            file.exit();
        }
        if (failure != null) {
            claim.failed(failure, false);
        } else if (unrecorded != null) {
            failRecording(unrecorded);
        } else if (granted) {
            claim.granted(revision, Session.UNENDING);
        } else if (waiting) {
            claim.queued();
        } else {
            claim.busy(0);
        }
        return true;
    }

    /** The caller's thread waits in the kernel, if that was promised and still makes sense. */
    void await() {
        boolean blocks;
        LockFile file = enter();
        try {
            blocks = file.await(this);
        } finally {
            file.exit();
        }
        if (blocks) {
            file.block(this);
        }
    }

    /** Lets the caller's thread return from {@link #await}, or breaks the promise that it will come. */
    void recall() {
        LockFile file = enter();
        try {
            file.recall(this);
        } finally {
            file.exit();
        }
    }

    /** Told by the lock file: the kernel's lock is ours, or what went wrong with waiting for it. */
    @Override
    public void accept(@Nullable Throwable failure) {
        if (failure != null) {
            failWaiting(failure);
            return;
        }
        Throwable unrecorded = null;
        boolean unwanted;
        LockFile file = enter();
        try {
            inLine = false;
            unwanted = withdrawn;
            if (unwanted) {
                file.giveBack();
            } else {
                unrecorded = record(file);
            }
        } finally {
            file.exit();
        }
        if (unwanted) {
            claim.freed(true);
        } else if (unrecorded != null) {
            failRecording(unrecorded);
        } else {
            claim.granted(revision, Session.UNENDING);
        }
    }

    /** With the kernel's lock: writes the record of this grant, or gives the lock back and says why that could not be done. */
    private @Nullable Throwable record(LockFile file) {
        try {
            revision = file.record(self, claim.name(), claim.ownerLabel());
            held = true;
            return null;
        } catch (IOException | RuntimeException | Error e) {
            file.giveBack();
            return e;
        }
    }

    private void failRecording(Throwable cause) {
        claim.failed(directory.explain("write the record of", claim.name(), cause), false);
    }

    private void failWaiting(Throwable failure) {
        boolean asked;
        LockFile file = enter();
        try {
            asked = inLine;
            inLine = false;
        } finally {
            file.exit();
        }
        if (asked) {
            claim.failed(directory.explain("wait for", claim.name(), failure), false);
        }
    }

    /** Gives up whatever there is of this turn. */
    void end() {
        boolean gaveBack;
        LockFile file = enter();
        try {
            if (file.holder() == this && !held) {
                // Another thread got the lock for it this moment; that one gives it back and answers.
                withdrawn = true;
                return;
            }
            gaveBack = held;
            if (held) {
                file.giveBack();
            } else if (inLine) {
                file.leave(this);
            }
            held = false;
            inLine = false;
        } finally {
            file.exit();
        }
        claim.freed(gaveBack);
    }

    /** Whether the claim has the lock still, as far as this JVM can know. */
    boolean isHeld() {
        LockFile file = enter();
        try {
            return held && file.holder() == this && file.isValid();
        } finally {
            file.exit();
        }
    }
}
