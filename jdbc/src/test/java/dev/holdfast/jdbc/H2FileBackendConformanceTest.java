// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class H2FileBackendConformanceTest extends BackendConformance {
    @TempDir
    static Path directory;

    @Override
    protected StoreFixture openStore() {
        return new JdbcFixture(Place.h2InFile(directory));
    }
}
