// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.util.Set;

/** Makes a {@link MemcachedBackend} from {@code memcached:}. */
public final class MemcachedBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public MemcachedBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memcached");
    }

    @Override
    public LockBackend create(BackendUri uri) {
        return new MemcachedBackend(MemcachedOptions.of(uri));
    }
}
