// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

import java.util.List;

/** Options for the JVMs of workers. */
public final class JvmOptions {
    /**
     * Leaves the output to the worker, whose answers it is. A JVM writes its own warnings there, such as one about a file of performance data that another JVM
     * looks at just then, which happens when several start together.
     */
    public static final List<String> QUIET = List.of("-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=warning:stderr");

    private JvmOptions() {}
}
