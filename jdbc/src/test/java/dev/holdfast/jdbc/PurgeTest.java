// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows of locks that nobody uses any more. */
final class PurgeTest {
    private static final long DAY = 86_400_000_000L;

    @Test
    void rowsUnusedForAWeek_goAndNoOthersAndTokensGoOnRising() throws Exception {
        Place place = Place.h2InMemory();
        try (Stage stage = new Stage(place)) {
            Holdfast client = stage.client();
            Lease held = Stage.take(client, "held");
            for (String name : List.of("new", "ahead", "waited-for")) {
                Stage.take(client, name).release();
            }
            Lease before = Stage.take(client, "old");
            before.release();
            long now = System.currentTimeMillis() * 1_000;
            long then = now - 8 * DAY;
            place.run("UPDATE holdfast_lock SET token = " + then + ", expires_us = " + then
                    + " WHERE name IN ('old', 'held', 'ahead', 'waited-for')");
            place.run("UPDATE holdfast_lock SET expires_us = " + (now + DAY) + " WHERE name = 'held'");
            place.run("UPDATE holdfast_lock SET token = " + (now - DAY) + " WHERE name = 'ahead'");
            place.run("UPDATE holdfast_lock SET waiters_us = " + now + " WHERE name = 'waited-for'");
            try (ConnectionSource source =
                    new DriverSource(DriverManager.getDriver(place.uri()), "jdbc:h2", place.uri(), "here")) {
                Database database = new Database(
                        source, new H2Dialect("holdfast_lock"), new Faults("here", "holdfast_lock"), false);
                assertThat(new Purge(database, new Lanes(1)).run()).isEqualTo(1);
            }
            assertThat(stage.ask("SELECT name FROM holdfast_lock ORDER BY name"))
                    .containsExactly("ahead", "held", "new", "waited-for");
            assertThat(Stage.take(client, "old").token()).isGreaterThan(before.token());
            assertThat(held.isHeld()).isTrue();
        }
    }
}
