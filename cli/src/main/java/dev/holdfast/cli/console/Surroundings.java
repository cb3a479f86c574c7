// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import dev.holdfast.cli.page.Page;
import dev.holdfast.load.report.Machine;
import dev.holdfast.spi.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * When and where the figures of a report came about: without that they say nothing.
 *
 * @param machine this one
 * @param began when it began
 */
public record Surroundings(Machine machine, Instant began) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** From now on. */
    public static Surroundings of(Machine machine) {
        return new Surroundings(machine, Instant.now());
    }

    /** How long it took until now, in whole seconds. */
    public Duration took() {
        return Duration.ofSeconds(Duration.between(began, Instant.now()).toSeconds());
    }

    /** As the first facts of a page. */
    public void on(Page page, Duration took) {
        page.fact("Date", TIME.format(began))
                .fact("Took", Durations.format(took))
                .fact("Holdfast", Version.number())
                .fact("Machine", machine.processors() + " processors, " + machine.system())
                .fact("Java", machine.java())
                .fact("Load before", String.format(Locale.ROOT, "%.1f", machine.loadBefore()));
    }

    /** For programs. */
    public Map<String, Object> json(Duration took) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("holdfast", Version.number());
        json.put("began", began.toString());
        json.put("took_seconds", took.toSeconds());
        json.put("machine", machine.json());
        return json;
    }
}
