// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memory;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.util.Set;

/** Makes a backend from {@code memory:} or {@code memory:group}. */
public final class MemoryBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public MemoryBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public LockBackend create(BackendUri uri) {
        if (!uri.hosts().isEmpty()) {
            throw new IllegalArgumentException("memory: has no hosts; the forms are memory: and memory:group");
        }
        return new MemoryBackend(uri.path());
    }
}
