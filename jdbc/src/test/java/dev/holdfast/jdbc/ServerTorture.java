// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.SingleServer;
import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Processes that are stopped and killed at random, on a server that is stopped and restarted, and whose connections are killed.
 * {@code -Dholdfast.torture.seconds=60} makes it longer.
 */
final class ServerTorture {
    private final Place place;
    private final SingleServer server;
    private final Runnable killing;

    /** The killing ends all connections of clients. */
    ServerTorture(Place place, Runnable killing) {
        this.place = place;
        this.server = Objects.requireNonNull(place.server());
        this.killing = killing;
    }

    void run(Path work) throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 15));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> faults = CompletableFuture.supplyAsync(() -> torture(over, time, new Random(seed)));
        TortureReport report;
        try {
            report = Torture.of(place.uri("lease-time=2s"), work, time, seed).run();
        } finally {
            over.set(true);
        }
        System.out.println(report);
        assertThat(Stage.get(faults)).as("faults of the server").isPositive();
        assertThat(report.main().verdict().isGood())
                .as("every promise was kept: %s", report)
                .isTrue();
        assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(20);
    }

    /** The run takes a fifth longer than its time, so the server is well again at its end. */
    private int torture(AtomicBoolean over, Duration time, Random random) {
        long end = System.nanoTime() + time.toNanos();
        int faults = 0;
        while (!over.get() && System.nanoTime() - end < 0) {
            Stage.pause(1_500 + random.nextInt(2_000));
            switch (faults % 3) {
                case 0 -> killing.run();
                case 1 -> {
                    server.pause();
                    Stage.pause(200 + random.nextInt(2_500));
                    server.resume();
                }
                default -> {
                    server.kill();
                    Stage.pause(random.nextInt(1_000));
                    server.restart();
                }
            }
            faults++;
        }
        return faults;
    }
}
