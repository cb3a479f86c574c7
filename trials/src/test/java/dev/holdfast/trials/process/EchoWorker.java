// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

/** Says what it hears; {@code nest} makes it a parent itself. */
final class EchoWorker {
    private EchoWorker() {}

    public static void main(String[] args) throws Exception {
        ParentProcess parent = ParentProcess.connect();
        while (true) {
            String line = parent.hear();
            if (line.equals("nest")) {
                WorkerProcess inner = WorkerProcess.start(EchoWorker.class);
                inner.ask("are you there");
                inner.stop();
                parent.say(Long.toString(inner.pid()));
            } else if (line.equals("exit")) {
                System.exit(7);
            } else {
                parent.say(line);
            }
        }
    }
}
