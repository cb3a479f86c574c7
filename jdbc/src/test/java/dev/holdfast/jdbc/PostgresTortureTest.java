// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.servers.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class PostgresTortureTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @TempDir
    Path work;

    @Test
    void processesAndServer_stoppedAndKilledAtRandom_letNobodyOverlap() throws Exception {
        Place place = Place.of(postgres);
        String kill = "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid(); END $$";
        new ServerTorture(place, () -> place.run(kill)).run(work);
    }
}
