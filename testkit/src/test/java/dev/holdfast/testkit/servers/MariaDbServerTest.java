// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MariaDbServerTest {
    @RegisterExtension
    static final MariaDbServer mariadb = MariaDbServer.start("--max-connections=37");

    @Test
    void kill_losesItsClientsButNotItsData() throws SQLException {
        try (Connection client = DriverManager.getConnection(mariadb.uri())) {
            assertThat(KilledDatabase.query(client, "SELECT @@max_connections"))
                    .as("the setting")
                    .isEqualTo("37");
            KilledDatabase.survivesAKill(mariadb, client);
        }
    }

    /** One that begins clears its folder for temporary tables. */
    @Test
    void start_ofSeveralThatBeginTogether() {
        List<CompletableFuture<MariaDbServer>> together = IntStream.range(0, 4)
                .mapToObj(number ->
                        CompletableFuture.supplyAsync(() -> MariaDbServer.start(), task -> new Thread(task).start()))
                .toList();

        assertThat(together).allSatisfy(server -> assertThat(server).succeedsWithin(Duration.ofSeconds(60)));
        together.forEach(server -> server.join().close());
    }
}
