// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/** The default owner label, {@code host:pid}. Asks the kernel and the environment, never a name server, which may hang. */
final class HostLabel {
    private static final Logger LOG = System.getLogger("dev.holdfast");

    private HostLabel() {}

    static String ofThisProcess() {
        return host() + ":" + ProcessHandle.current().pid();
    }

    private static String host() {
        Path kernel = Path.of("/proc/sys/kernel/hostname");
        if (Files.isReadable(kernel)) {
            try {
                return printable(Files.readString(kernel));
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "The host's name cannot be read; the environment is asked instead", e);
            }
        }
        String named = System.getenv("HOSTNAME") != null ? System.getenv("HOSTNAME") : System.getenv("COMPUTERNAME");
        return named == null ? "localhost" : printable(named);
    }

    private static String printable(String text) {
        String host = text.strip().replaceAll("[^A-Za-z0-9._-]", "_");
        return host.isEmpty() ? "localhost" : host.substring(0, Math.min(host.length(), 200));
    }
}
