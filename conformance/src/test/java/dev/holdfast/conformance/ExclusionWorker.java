// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedCall;
import dev.holdfast.trials.history.RecordedHold;
import dev.holdfast.trials.process.ParentProcess;
import dev.holdfast.trials.torture.CheckedRegister;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads of one process that go in and out of one lock a number of times; says how often somebody else was inside. */
final class ExclusionWorker {
    static final String NAME = "shared";
    private static final long MOMENT_NANOS = 100_000;

    private ExclusionWorker() {}

    /** Arguments: URI, directory of the histories, register, threads, times. */
    public static void main(String[] args) throws Exception {
        ParentProcess parent = ParentProcess.connect();
        HistoryRecorder recorder = HistoryRecorder.in(Path.of(args[1]));
        CheckedRegister register = CheckedRegister.open(Path.of(args[2]));
        AtomicLong met = new AtomicLong();
        try (Holdfast locks = Holdfast.open(args[0])) {
            parent.say("ready");
            parent.hear();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                Thread thread = new Thread(() -> {
                    for (int j = 0; j < Integer.parseInt(args[4]); j++) {
                        enter(locks, recorder, register, met);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        parent.say("met " + met.get());
        parent.hear();
    }

    private static void enter(Holdfast locks, HistoryRecorder recorder, CheckedRegister register, AtomicLong met) {
        try {
            RecordedCall call = recorder.acquiring(NAME);
            Lease lease = locks.lock(NAME).acquire();
            RecordedHold hold = call.granted(lease);
            met.addAndGet(register.enter());
            RecordedCall use = hold.using();
            boolean accepted = register.accepts(lease.token());
            long read = register.read();
            LockSupport.parkNanos(MOMENT_NANOS);
            register.write(read + 1);
            if (accepted) {
                use.done();
            } else {
                use.failed();
            }
            register.leave();
            RecordedCall release = hold.releasing();
            lease.release();
            release.done();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
