// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How one node of a product is run. */
interface ServerProgram {
    Product product();

    int port();

    /** Whether it refuses to run as root, or gives root up by itself, which would untie it from this JVM. */
    default boolean refusesRoot() {
        return false;
    }

    /** The signal at which it ends in order. */
    default String stopSignal() {
        return "TERM";
    }

    /** Fills the empty directory of its data. */
    default void prepare(Path data) throws IOException, InterruptedException {}

    List<String> command(Path data);

    /** Whether it does what it is there for; false or an exception while it is still starting. */
    boolean answers() throws IOException;
}
