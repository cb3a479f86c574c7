// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.testkit.servers.MariaDbServer;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class MariaDbTortureTest {
    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    @TempDir
    Path work;

    @Test
    void processesAndServer_stoppedAndKilledAtRandom_letNobodyOverlap() throws Exception {
        Place place = Place.of(mariaDb);
        new ServerTorture(place, () -> killConnections(place)).run(work);
    }

    /** One that has ended by itself meanwhile is no error. */
    static void killConnections(Place place) {
        try (var connection = place.connect();
                var statement = connection.createStatement();
                var kill = connection.createStatement()) {
            try (var rows =
                    statement.executeQuery("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()"
                            + " AND user = 'root'")) {
                while (rows.next()) {
                    try {
                        kill.execute("KILL " + rows.getLong(1));
                    } catch (SQLException e) {
                        if (e.getErrorCode() != 1094) {
                            throw e;
                        }
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
