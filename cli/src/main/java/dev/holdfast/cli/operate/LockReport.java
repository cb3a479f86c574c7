// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.operate;

import dev.holdfast.LockInfo;
import dev.holdfast.cli.console.JsonObject;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.console.Text;
import dev.holdfast.spi.Durations;
import dev.holdfast.spi.Token;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a store says of a lock, written for people and for programs. */
final class LockReport {
    private static final String ROW = "%-20s  %-10s  %7s  %-19s  %-24s  %s";

    private LockReport() {}

    /** One line of JSON, always with the same members; what the store does not tell is null. */
    static String json(LockInfo lock) {
        OptionalInt waiters = lock.waiters();
        return new JsonObject()
                .text("name", lock.name())
                .truth("held", true)
                .text("ownerLabel", lock.ownerLabel())
                .text("token", token(lock))
                .text("since", orNull(lock.since(), since -> text(since, ChronoUnit.MILLIS)))
                .number("remainingMillis", orNull(lock.remaining(), left -> Math.max(0, left.toMillis())))
                .number("waiters", waiters.isPresent() ? (long) waiters.getAsInt() : null)
                .toString();
    }

    /** The same for a lock that nobody holds. */
    static String jsonOfFree(String name) {
        return new JsonObject()
                .text("name", name)
                .truth("held", false)
                .text("ownerLabel", null)
                .text("token", null)
                .text("since", null)
                .number("remainingMillis", null)
                .number("waiters", null)
                .toString();
    }

    static void details(LockInfo lock, Instant now, Output out) {
        OptionalInt waiters = lock.waiters();
        out.line("name:       " + out.shown(lock.name()));
        out.line("held:       yes");
        out.line("holder:     " + orElse(orNull(lock.ownerLabel(), out::shown), "unknown"));
        out.line("token:      " + orElse(token(lock), "unknown"));
        out.line("since:      "
                + orElse(orNull(lock.since(), since -> text(since, ChronoUnit.SECONDS) + ago(since, now)), "unknown"));
        out.line("remaining:  "
                + orElse(
                        orNull(lock.remaining(), left -> text(left) + ", unless it is renewed"),
                        "unknown, or as long as the holder's session or process"));
        out.line("waiters:    " + (waiters.isPresent() ? Text.count(waiters.getAsInt()) : "unknown"));
    }

    static void detailsOfFree(String name, Output out) {
        out.line("name:       " + out.shown(name));
        out.line("held:       no");
    }

    /** The columns of {@link #row}. Those of fixed width stand first, so that rows can be written before all are known. */
    static String header() {
        return String.format(ROW, "SINCE", "REMAINING", "WAITERS", "TOKEN", "HOLDER", "NAME");
    }

    static String row(LockInfo lock, Output out) {
        OptionalInt waiters = lock.waiters();
        return String.format(
                ROW,
                orElse(orNull(lock.since(), since -> text(since, ChronoUnit.SECONDS)), "-"),
                orElse(orNull(lock.remaining(), LockReport::text), "-"),
                waiters.isPresent() ? Text.count(waiters.getAsInt()) : "-",
                orElse(token(lock), "-"),
                orElse(orNull(lock.ownerLabel(), out::shown), "-"),
                out.shown(lock.name()));
    }

    private static @Nullable String token(LockInfo lock) {
        OptionalLong token = lock.token();
        return token.isPresent() ? Token.text(token.getAsLong()) : null;
    }

    private static String text(Instant time, ChronoUnit unit) {
        return time.truncatedTo(unit).toString();
    }

    private static String text(Duration time) {
        return time.isNegative() ? "0s" : Durations.format(time.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Nothing if the clock of whoever wrote the record is ahead of ours. */
    private static String ago(Instant since, Instant now) {
        return since.isAfter(now) ? "" : ", " + text(Duration.between(since, now)) + " ago";
    }

    private static <T, R> @Nullable R orNull(@Nullable T value, Function<T, R> known) {
        return value == null ? null : known.apply(value);
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
