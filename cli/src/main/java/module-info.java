// SPDX-License-Identifier: Apache-2.0
/** The command {@code holdfast}. */
module dev.holdfast.cli {
    requires dev.holdfast;
    requires info.picocli;
    requires jdk.unsupported;
    requires static org.jspecify;

    provides System.LoggerFinder with
            dev.holdfast.cli.LibraryLog;
}
