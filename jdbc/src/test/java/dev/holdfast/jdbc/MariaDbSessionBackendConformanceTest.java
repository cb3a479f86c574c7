// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.MariaDbServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MariaDbSessionBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start(SessionFixture.TELLING);

    @Override
    protected StoreFixture openStore() {
        return new SessionFixture(Place.of(mariaDb));
    }
}
