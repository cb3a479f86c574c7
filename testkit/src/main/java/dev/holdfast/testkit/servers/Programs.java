// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the programs of this machine, also where servers are installed outside of the PATH. */
final class Programs {
    private static final Path POSTGRES = Path.of("/usr/lib/postgresql");

    private Programs() {}

    static Optional<Path> find(String name) {
        return folders().stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            for (String folder : path.split(File.pathSeparator, -1)) {
                folders.add(Path.of(folder));
            }
        }
        folders.add(Path.of("/usr/sbin"));
        folders.add(Path.of("/usr/local/sbin"));
        folders.addAll(postgresFolders());
        return folders;
    }

    /** Debian keeps each version in a folder of its own; the newest comes first. */
    private static List<Path> postgresFolders() {
        if (!Files.isDirectory(POSTGRES)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(POSTGRES)) {
            return versions.filter(folder -> folder.getFileName().toString().matches("\\d{1,4}"))
                    .sorted(Comparator.comparing((Path folder) ->
                                    Integer.parseInt(folder.getFileName().toString()))
                            .reversed())
                    .map(folder -> folder.resolve("bin"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + POSTGRES, e);
        }
    }
}
