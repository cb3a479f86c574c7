// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.PostgresServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PostgresSessionBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @Override
    protected StoreFixture openStore() {
        return new SessionFixture(Place.of(postgres));
    }
}
