// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often a lock goes to its server and back, on a network that is so slow that nothing else counts: each way takes 50 ms, far more than
 * whatever a busy machine adds to the median of a cycle.
 */
final class RoundTripsTest {
    private static final double MICROS_PER_TRIP = 100_000;

    @TempDir
    private Path directory;

    /** The median of an acquisition and of a release in the best round, in round trips, rounded down: a disk may be slow, a trip too many is in every round. */
    @SuppressWarnings("unchecked")
    private Map<String, Integer> roundTrips(String... contenders) throws IOException {
        Path json = directory.resolve("figures.json");
        List<String> args = new ArrayList<>(List.of(
                "uncontended",
                "--rounds",
                "3",
                "--delay",
                "50ms",
                "--warmup",
                "0",
                "--time",
                "2s",
                "--json",
                json.toString()));
        for (String contender : contenders) {
            args.addAll(List.of("-c", contender));
        }
        Bench bench = Bench.run(args.toArray(String[]::new));
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        Map<String, Object> figures = (Map<String, Object>) JSON.std.anyFrom(json.toFile());
        Map<String, Object> comparison = ((List<Map<String, Object>>) figures.get("comparisons")).get(0);
        Map<String, Integer> trips = new LinkedHashMap<>();
        for (Map<String, Object> contender : (List<Map<String, Object>>) comparison.get("contenders")) {
            List<Map<String, Number>> rounds = (List<Map<String, Number>>) contender.get("rounds");
            trips.put((String) contender.get("contender"), trips(rounds, "acquire") + trips(rounds, "release"));
        }
        return trips;
    }

    private static int trips(List<Map<String, Number>> rounds, String call) {
        return rounds.stream()
                .mapToInt(round -> (int) (round.get(call + "_p50_us").doubleValue() / MICROS_PER_TRIP))
                .min()
                .orElseThrow();
    }

    @Test
    void zooKeeper_acquireAndRelease_areTwoRoundTrips_andCuratorsThree() throws IOException {
        assertThat(roundTrips("zookeeper-ping", "curator", "holdfast@zookeeper://{zookeeper}"))
                .containsEntry("zookeeper-ping", 2)
                .containsEntry("curator", 3)
                .containsEntry("holdfast@zookeeper://{zookeeper}", 2);
    }

    @Test
    void etcd_acquireAndRelease_areTwoRoundTrips() throws IOException {
        assertThat(roundTrips("etcd-ping", "jetcd", "holdfast@etcd://{etcd}"))
                .containsEntry("etcd-ping", 2)
                .containsEntry("jetcd", 2)
                .containsEntry("holdfast@etcd://{etcd}", 2);
    }

    @Test
    void redis_acquireAndRelease_areTwoRoundTrips() throws IOException {
        assertThat(roundTrips("redis-ping", "redisson", "holdfast@redis://{redis}"))
                .containsEntry("redis-ping", 2)
                .containsEntry("redisson", 2)
                .containsEntry("holdfast@redis://{redis}", 2);
    }
}
