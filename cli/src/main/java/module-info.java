// SPDX-License-Identifier: Apache-2.0
/** The command {@code holdfast}. */
module dev.holdfast.cli {
    requires dev.holdfast;
    requires info.picocli;
    requires java.logging;
    requires jdk.unsupported;
    requires static org.jspecify;

    opens dev.holdfast.cli to
            info.picocli;
}
