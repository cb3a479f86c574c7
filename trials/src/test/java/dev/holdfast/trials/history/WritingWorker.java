// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import dev.holdfast.trials.process.ParentProcess;
import java.nio.file.Path;

/** Some threads that write as fast as they can; each on a name of its own, with tokens from 1 on. */
final class WritingWorker {
    static final int THREADS = 4;

    private WritingWorker() {}

    public static void main(String[] args) throws Exception {
        ParentProcess parent = ParentProcess.connect();
        HistoryRecorder recorder = HistoryRecorder.in(Path.of(args[0]));
        for (int i = 0; i < THREADS; i++) {
            String name = "n" + i;
            new Thread(() -> {
                        for (long token = 1; ; token++) {
                            RecordedHold hold = recorder.acquiring(name).granted(token, Long.MAX_VALUE);
                            hold.releasing().done();
                            if (token % 1_000 == 0) {
                                parent.say(name + " " + token);
                            }
                        }
                    })
                    .start();
        }
    }
}
