// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.options;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Where the command keeps what outlives it: the user's state directory, as the XDG base directories have it. */
public final class StateDirectory {
    private final Path path;

    private StateDirectory(Path path) {
        this.path = path;
    }

    /**
     * Finds the directory. Makes nothing.
     *
     * @return the directory
     * @throws Failure if the user has no home
     */
    public static StateDirectory ofUser() {
        String xdg = System.getenv("XDG_STATE_HOME");
        // The specification: a relative path is to be ignored.
        if (xdg != null && xdg.startsWith("/")) {
            return new StateDirectory(Path.of(xdg, "holdfast"));
        }
        String home = home();
        if (home == null) {
            throw new Failure(
                    ExitCodes.CANNOT_CREATE,
                    "this user has no home directory for the locks; set XDG_STATE_HOME, HOLDFAST_URL or -b file:/directory");
        }
        return new StateDirectory(Path.of(home, ".local", "state", "holdfast"));
    }

    private static @Nullable String home() {
        String home = System.getenv("HOME");
        if (home == null || !home.startsWith("/")) {
            home = System.getProperty("user.home");
        }
        return home == null || !home.startsWith("/") ? null : home;
    }

    /**
     * A directory in it, which only this user can read.
     *
     * @param name the directory
     * @return its path
     * @throws Failure if it is missing and cannot be made
     */
    public Path make(String name) {
        Path directory = path.resolve(name);
        try {
            return Files.createDirectories(directory, onlyOwner());
        } catch (IOException e) {
            throw new Failure(
                    ExitCodes.CANNOT_CREATE,
                    "cannot make the directory " + directory + "; make it, or set XDG_STATE_HOME, HOLDFAST_URL or -b",
                    e);
        }
    }

    public static FileAttribute<?>[] onlyOwner() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }
}
