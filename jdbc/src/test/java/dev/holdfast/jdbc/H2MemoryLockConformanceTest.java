// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;

final class H2MemoryLockConformanceTest extends LockConformance {
    @Override
    protected StoreFixture openStore() {
        return new JdbcFixture(Place.h2InMemory());
    }
}
