// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/** Makes a {@link FileBackend} from {@code file:/directory[?allow-network-fs=true]}. */
public final class FileBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public FileBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of(FileBackend.ID);
    }

    @Override
    public LockBackend create(BackendUri uri) {
        boolean allowNetworkFs = uri.takeFlag("allow-network-fs", false);
        if (!uri.hosts().isEmpty() || uri.path().isEmpty()) {
            throw new IllegalArgumentException("file://" + String.join(",", uri.hosts()) + uri.path()
                    + " names no directory of this machine; write file:/var/lib/app/locks or file:locks");
        }
        try {
            return new FileBackend(Path.of(uri.path()), allowNetworkFs);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("file:" + uri.path() + " names no directory: " + e.getMessage(), e);
        }
    }
}
