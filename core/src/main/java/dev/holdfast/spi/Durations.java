// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.time.Duration;
import java.util.Locale;

/** Durations as people write them: {@code 30s}, {@code 1h30m}, {@code 250ms}. The same everywhere: URIs, settings, the command. */
@SuppressWarnings("DoNotCallSuggester")
public final class Durations {
    private Durations() {}

    /** From the largest to the smallest, which is the order in a text. */
    private enum Unit {
        D(86_400, 0),
        H(3_600, 0),
        M(60, 0),
        S(1, 0),
        MS(0, 1_000_000),
        US(0, 1_000),
        NS(0, 1);

        private final int seconds;
        private final int nanos;
        private final String text = name().toLowerCase(Locale.ROOT);

        Unit(int seconds, int nanos) {
            this.seconds = seconds;
            this.nanos = nanos;
        }

        Duration times(long number) {
            return seconds > 0
                    ? Duration.ofSeconds(Math.multiplyExact(number, seconds))
                    : Duration.ofNanos(nanos).multipliedBy(number);
        }
    }

    /**
     * Reads a duration.
     *
     * @param what what it is, for the message
     * @param text one or more whole numbers with a unit of {@code ns us ms s m h d}, in falling order of size, without spaces; {@code
     *     0} needs no unit
     * @return the duration, not negative
     * @throws IllegalArgumentException if it is not a duration; the message shows how one looks
     */
    public static Duration parse(String what, String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.isEmpty()) {
            throw wrong(what, text, "it is empty");
        }
        Duration sum = Duration.ZERO;
        Unit smallest = null;
        int at = 0;
        while (at < text.length()) {
            int unitAt = skip(text, at, true);
            if (unitAt == at) {
                throw wrong(what, text, text.charAt(at) == '-' ? "it must not be negative" : "a number is missing");
            }
            int end = skip(text, unitAt, false);
            if (end == unitAt) {
                throw wrong(what, text, end == text.length() ? "a unit is missing" : "no unit follows the number");
            }
            Unit unit = unit(what, text, text.substring(unitAt, end));
            if (smallest != null && unit.compareTo(smallest) <= 0) {
                throw wrong(what, text, "each unit stands once, the larger ones first");
            }
            smallest = unit;
            try {
                sum = sum.plus(unit.times(Long.parseLong(text, at, unitAt, 10)));
            } catch (NumberFormatException | ArithmeticException e) {
                throw wrong(what, text, "it is too long");
            }
            at = end;
        }
        return sum;
    }

    /**
     * Writes a duration so that {@link #parse} reads it.
     *
     * @param duration not negative
     * @return for example {@code 1h30m}; {@code 0s} for zero
     * @throws IllegalArgumentException if the duration is negative
     */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("A duration in a setting is never negative: " + duration);
        }
        if (duration.isZero()) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        long seconds = duration.getSeconds();
        int nanos = duration.getNano();
        for (Unit unit : Unit.values()) {
            long number = unit.seconds > 0 ? seconds / unit.seconds : nanos / unit.nanos;
            if (unit.seconds > 0) {
                seconds %= unit.seconds;
            } else {
                nanos %= unit.nanos;
            }
            if (number > 0) {
                text.append(number).append(unit.text);
            }
        }
        return text.toString();
    }

    private static int skip(String text, int from, boolean digits) {
        int at = from;
        while (at < text.length() && (digits ? digit(text.charAt(at)) : Character.isLetter(text.charAt(at)))) {
            at++;
        }
        return at;
    }

    private static boolean digit(char character) {
        return character >= '0' && character <= '9';
    }

    private static Unit unit(String what, String text, String unit) {
        for (Unit candidate : Unit.values()) {
            if (candidate.text.equals(unit)) {
                return candidate;
            }
        }
        throw wrong(what, text, Printable.quoted(unit) + " is not one of the units ns us ms s m h d");
    }

    private static IllegalArgumentException wrong(String what, String text, String why) {
        return new IllegalArgumentException(what + " is " + Printable.quoted(text) + ", which is no duration: " + why
                + ". Write it as 30s, 1h30m or 250ms.");
    }
}
