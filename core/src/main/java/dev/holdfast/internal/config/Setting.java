// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.config;

import dev.holdfast.LockOptions;
import dev.holdfast.Ordering;
import dev.holdfast.Tier;
import dev.holdfast.internal.names.LockNames;
import dev.holdfast.spi.Durations;
import dev.holdfast.spi.KnownNames;
import dev.holdfast.spi.Printable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of the engine, and how its text changes a client. The one place to add a setting: its key is its URI parameter, its
 * property with {@code holdfast.} before it, and its environment variable in capitals.
 */
enum Setting {
    URL((values, where, text) -> {
        throw new IllegalStateException("The URL says where the other settings come from");
    }),
    PREFIX((values, where, text) -> values.with(LockNames.checkPrefix(text))),
    REQUIRE((values, where, text) -> values.with(choice(where, text, Tier.values()))),
    LEASE_TIME(duration(LockOptions::withLeaseTime)),
    AUTO_RENEWAL((values, where, text) -> values.with(values.options().withAutoRenewal(flag(where, text)))),
    MAX_HOLD(durationOrNone(LockOptions::withMaxHold)),
    MIN_HOLD(durationOrNone(LockOptions::withMinHold)),
    LOCAL_HANDOVERS((values, where, text) -> values.with(values.options().withLocalHandovers(number(where, text)))),
    ORDERING((values, where, text) ->
            values.with(values.options().withOrdering(choice(where, text, Ordering.values())))),
    POLL_INTERVAL(duration(LockOptions::withPollInterval)),
    CALL_TIMEOUT(duration(LockOptions::withCallTimeout)),
    OWNER_LABEL((values, where, text) -> values.with(values.options().withOwnerLabel(text)));

    /**
     * What settings change.
     *
     * @param options the options
     * @param prefix the prefix of names
     * @param required the weakest tier that will do, or null
     */
    record Values(
            LockOptions options, String prefix, @Nullable Tier required) {
        Values with(LockOptions changed) {
            return new Values(changed, prefix, required);
        }

        Values with(String changed) {
            return new Values(options, changed, required);
        }

        Values with(Tier changed) {
            return new Values(options, prefix, changed);
        }
    }

    @FunctionalInterface
    private interface Change {
        Values apply(Values values, String where, String text);
    }

    private static final String NONE = "none";

    /** A lambda that captures nothing that changes. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Change change;

    private final String key = name().toLowerCase(Locale.ROOT).replace('_', '-');

    Setting(Change change) {
        this.change = change;
    }

    /** The word for it in a URI. */
    String key() {
        return key;
    }

    String property() {
        return "holdfast." + key;
    }

    String variable() {
        return "HOLDFAST_" + name();
    }

    /** Whether its text is true or false, so that a URI may leave it out. */
    boolean isFlag() {
        return this == AUTO_RENEWAL;
    }

    static List<String> properties() {
        return Arrays.stream(values()).map(Setting::property).toList();
    }

    /**
     * Changes what the setting is about.
     *
     * @param values the values so far
     * @param where where the text comes from, for the message
     * @param text the text
     * @return the changed values
     * @throws IllegalArgumentException if the text is wrong; the message says where it comes from
     */
    Values apply(Values values, String where, String text) {
        try {
            return change.apply(clear(values), where, text);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(where) ? e : new IllegalArgumentException(where + ": " + message, e);
        }
    }

    /** Takes away what would stand in the way of a new value: the two limits are only checked against each other in the end. */
    Values clear(Values values) {
        return switch (this) {
            case MAX_HOLD -> values.with(values.options().withMaxHold(null));
            case MIN_HOLD -> values.with(values.options().withMinHold(null));
            default -> values;
        };
    }

    private static Change duration(BiFunction<LockOptions, Duration, LockOptions> option) {
        return (values, where, text) -> values.with(option.apply(values.options(), Durations.parse(where, text)));
    }

    private static Change durationOrNone(BiFunction<LockOptions, Duration, LockOptions> option) {
        Change duration = duration(option);
        return (values, where, text) -> text.equals(NONE) ? values : duration.apply(values, where, text);
    }

    private static boolean flag(String where, String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(where + " is " + Printable.quoted(text) + "; it must be true or false");
    }

    private static int number(String where, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    where + " is " + Printable.quoted(text) + ", which is no whole number", e);
        }
    }

    private static <E extends Enum<E>> E choice(String where, String text, E[] choices) {
        for (E choice : choices) {
            if (choice.name().equalsIgnoreCase(text)) {
                return choice;
            }
        }
        throw KnownNames.unknown(
                "value of " + where,
                text,
                Arrays.stream(choices).map(E::name).map(Setting::spelling).toList());
    }

    /** Words in lower case; the tiers are single letters, and stand in capitals everywhere. */
    private static String spelling(String name) {
        return name.length() == 1 ? name : name.toLowerCase(Locale.ROOT);
    }
}
