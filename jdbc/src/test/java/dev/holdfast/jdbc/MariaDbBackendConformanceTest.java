// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.MariaDbServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MariaDbBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    @Override
    protected StoreFixture openStore() {
        return new JdbcFixture(Place.of(mariaDb));
    }
}
