// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.util.Set;

/** Makes a {@link ZooKeeperBackend} from a {@code zookeeper:} URI. */
public final class ZooKeeperBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public ZooKeeperBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("zookeeper");
    }

    @Override
    public LockBackend create(BackendUri uri) {
        return new ZooKeeperBackend(ZooKeeperOptions.of(uri));
    }
}
