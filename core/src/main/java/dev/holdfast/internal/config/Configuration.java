// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.config;

import dev.holdfast.LockOptions;
import dev.holdfast.Tier;
import dev.holdfast.internal.config.Setting.Values;
import dev.holdfast.internal.names.LockNames;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.ClientSettings;
import dev.holdfast.spi.KnownNames;
import dev.holdfast.spi.LockBackend;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's settings, checked and put together: what is said in a URI is stronger than the environment, that is stronger than
 * properties, and those are stronger than the builder.
 *
 * @param backend the store, not opened yet
 * @param options the options of locks for which nothing else is said
 * @param prefix what every name is prefixed with in the store
 * @param required the weakest tier that will do, or null
 */
public record Configuration(
        LockBackend backend,
        LockOptions options,
        String prefix,
        @Nullable Tier required) {
    private static final String PROPERTIES = "holdfast.";

    /**
     * The text of a setting.
     *
     * @param where where it stands, for messages
     * @param text what it says
     */
    private record Given(String where, String text) {}

    /**
     * Checks and puts together what a builder was told. Does no I/O.
     *
     * @param settings what the builder was told
     * @return the configuration
     * @throws IllegalArgumentException if a setting is wrong, unknown or missing; the message says which, where it stands and what is
     *     known, and no password
     */
    public static Configuration of(ClientSettings settings) {
        rejectUnknown(settings.properties());
        Map<Setting, Given> given = new EnumMap<>(Setting.class);
        addProperties(settings.properties(), given);
        addEnvironment(settings.environment(), given);
        Given url = given.remove(Setting.URL);
        LockBackend backend = settings.backend();
        if (backend != null) {
            if (settings.uri() != null) {
                throw new IllegalArgumentException("The builder was given both a backend and a URI; give one of them");
            }
            return of(backend, values(settings, given));
        }
        BackendUri uri = uri(settings.uri(), url);
        addParameters(uri, given);
        Values values = values(settings, given);
        LockBackend created = Providers.load().of(uri.scheme()).create(uri);
        uri.rejectUnknown();
        return of(created, values);
    }

    private static Configuration of(LockBackend backend, Values values) {
        return new Configuration(backend, values.options(), values.prefix(), values.required());
    }

    private static BackendUri uri(@Nullable String fromBuilder, @Nullable Given fromSettings) {
        if (fromBuilder != null) {
            return BackendUri.parse(fromBuilder);
        }
        if (fromSettings == null) {
            throw new IllegalArgumentException(
                    "No store is given. Give its URI, for example file:/var/lib/app/locks, to"
                            + " Holdfast.open or uri() of the builder, as the property holdfast.url, or as the environment variable"
                            + " HOLDFAST_URL. Properties and environment are only read if properties() and environment() of the builder"
                            + " are given them.");
        }
        try {
            return BackendUri.parse(fromSettings.text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(fromSettings.where + ": " + e.getMessage(), e);
        }
    }

    /** Not so for the environment, where others put variables too, such as the command for the program that it runs. */
    private static void rejectUnknown(Map<String, String> properties) {
        for (String name : properties.keySet()) {
            if (name.startsWith(PROPERTIES) && !Setting.properties().contains(name)) {
                throw KnownNames.unknown("property", name, Setting.properties());
            }
        }
    }

    private static void addProperties(Map<String, String> properties, Map<Setting, Given> given) {
        for (Setting setting : Setting.values()) {
            String text = properties.get(setting.property());
            String where = "property " + setting.property();
            if (text != null) {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException(where + " is empty; give it a value or leave it out");
                }
                given.put(setting, new Given(where, text));
            }
        }
    }

    /** An empty variable is one that is not set: many tools cannot do the latter. */
    private static void addEnvironment(Map<String, String> environment, Map<Setting, Given> given) {
        for (Setting setting : Setting.values()) {
            String text = environment.get(setting.variable());
            if (text != null && !text.isEmpty()) {
                given.put(setting, new Given("environment variable " + setting.variable(), text));
            }
        }
    }

    private static void addParameters(BackendUri uri, Map<Setting, Given> given) {
        for (Setting setting : Setting.values()) {
            if (setting != Setting.URL && uri.has(setting.key())) {
                String text =
                        setting.isFlag() ? String.valueOf(uri.takeFlag(setting.key(), true)) : uri.take(setting.key());
                if (text != null) {
                    given.put(setting, new Given("URI parameter " + setting.key(), text));
                }
            }
        }
    }

    private static Values values(ClientSettings settings, Map<Setting, Given> given) {
        Values values = new Values(settings.options(), LockNames.checkPrefix(settings.prefix()), settings.required());
        for (Setting setting : given.keySet()) {
            values = setting.clear(values);
        }
        for (Map.Entry<Setting, Given> entry : given.entrySet()) {
            Given text = entry.getValue();
            values = entry.getKey().apply(values, text.where, text.text);
        }
        return values;
    }
}
