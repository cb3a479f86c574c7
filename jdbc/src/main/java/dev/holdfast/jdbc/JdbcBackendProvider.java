// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.util.Set;

/** Makes a {@link JdbcBackend} from a {@code jdbc:} URI. */
public final class JdbcBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public JdbcBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("jdbc:postgresql", "jdbc:mariadb", "jdbc:mysql", "jdbc:h2");
    }

    @Override
    public LockBackend create(BackendUri uri) {
        return JdbcBackend.of(uri);
    }
}
