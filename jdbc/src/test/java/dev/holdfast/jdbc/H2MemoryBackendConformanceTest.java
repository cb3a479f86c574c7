// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;

final class H2MemoryBackendConformanceTest extends BackendConformance {
    @Override
    protected StoreFixture openStore() {
        return new JdbcFixture(Place.h2InMemory());
    }
}
