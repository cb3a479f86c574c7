// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.options.Store;
import dev.holdfast.spi.BackendUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a store's locks are for the time of a run. On {@code file:} that is a directory of its own inside the one that was named, because lock files stay
 * for ever; everywhere else it is the store itself, with names of its own.
 */
final class BenchPlace implements AutoCloseable {
    private final String uri;
    private final @Nullable Path parent;
    private final @Nullable Path own;
    private final boolean parentIsNew;

    /**
     * Prepares a place; makes nothing.
     *
     * @param store the store
     * @param name what a directory of its own would be called
     */
    BenchPlace(Store store, String name) {
        BackendUri parsed = BackendUri.parse(store.uri());
        if (parsed.scheme().equals("file") && !parsed.path().isEmpty()) {
            int query = store.uri().indexOf('?');
            String path = query < 0 ? store.uri() : store.uri().substring(0, query);
            parent = Path.of(parsed.path());
            own = parent.resolve(name);
            parentIsNew = Files.notExists(parent);
            uri = path
                    + (path.endsWith("/") ? "" : "/")
                    + name
                    + (query < 0 ? "" : store.uri().substring(query));
        } else {
            parent = null;
            own = null;
            parentIsNew = false;
            uri = store.uri();
        }
    }

    String uri() {
        return uri;
    }

    /** Deletes the directory, if there is one, with all that is in it, and the one that was named if it was made for this run and is empty. */
    @Override
    public void close() {
        if (own == null || parent == null) {
            return;
        }
        try {
            if (Files.exists(own)) {
                try (Stream<Path> all = Files.walk(own)) {
                    List<Path> inner = all.sorted(Comparator.reverseOrder()).toList();
                    for (Path path : inner) {
                        Files.deleteIfExists(path);
                    }
                }
            }
            if (parentIsNew) {
                Files.deleteIfExists(parent);
            }
        } catch (DirectoryNotEmptyException e) {
            return; // somebody else has begun to use it
        } catch (IOException | UncheckedIOException e) {
            throw new Failure(ExitCodes.FAILURE, "cannot delete " + own, e);
        }
    }
}
