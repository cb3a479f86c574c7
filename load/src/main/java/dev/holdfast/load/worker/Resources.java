// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What this process uses of the machine. */
final class Resources {
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /** Threads are platform threads, the JVM's own ones that Java can see among them. */
    Reply now(List<Long> arguments) {
        return new Reply()
                .with("cpu", system.getProcessCpuTime())
                .with("threads", ManagementFactory.getThreadMXBean().getThreadCount());
    }
}
