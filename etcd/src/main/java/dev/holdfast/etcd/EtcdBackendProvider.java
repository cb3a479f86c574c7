// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.util.Set;

/** Makes an {@link EtcdBackend} from {@code etcd:}. */
public final class EtcdBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public EtcdBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("etcd");
    }

    @Override
    public LockBackend create(BackendUri uri) {
        return new EtcdBackend(EtcdOptions.of(uri));
    }
}
