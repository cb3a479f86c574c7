// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import dev.holdfast.spi.ClientFactory;
import dev.holdfast.spi.ClientSettings;
import dev.holdfast.spi.LockBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Builds a client. The store comes from {@link #backend} or {@link #uri}, of which only one may be given, otherwise from {@code
 * HOLDFAST_URL} of {@link #environment}, otherwise from {@code holdfast.url} of {@link #properties}.
 *
 * <p>Options come, from the weakest to the strongest, from {@link LockOptions#defaults()}, {@link #options}, properties, the
 * environment, the parameters of the URI, and {@link Holdfast#lock(String, LockOptions)}; {@link #prefix} and {@link #require} are as
 * weak as {@link #options}. Not thread-safe.
 */
public final class HoldfastBuilder {
    private @Nullable String uri;
    private @Nullable LockBackend backend;
    private LockOptions options = LockOptions.defaults();
    private @Nullable Tier required;
    private @Nullable Executor callbacks;
    private String prefix = "";
    private final List<LockListener> listeners = new ArrayList<>();
    private Map<String, String> properties = Map.of();
    private Map<String, String> environment = Map.of();

    HoldfastBuilder() {}

    /**
     * The store, by URI: {@code memory:}, {@code memory:group}, {@code file:/directory}, and what further modules add. Parameters
     * such as {@code ?lease-time=10s&prefix=app:} set options.
     *
     * @param value the URI
     * @return this
     */
    public HoldfastBuilder uri(String value) {
        uri = Objects.requireNonNull(value, "uri");
        return this;
    }

    /**
     * The store, by a backend that the caller made, for example around a client of his own. The client closes it.
     *
     * @param value the backend, not opened yet
     * @return this
     */
    public HoldfastBuilder backend(LockBackend value) {
        backend = Objects.requireNonNull(value, "backend");
        return this;
    }

    /**
     * The options of locks for which nothing else is said.
     *
     * @param value the options; {@link LockOptions#defaults()} unless set
     * @return this
     */
    public HoldfastBuilder options(LockOptions value) {
        options = Objects.requireNonNull(value, "options");
        return this;
    }

    /**
     * Settings in the form of a properties file: {@code holdfast.url}, {@code holdfast.lease-time} and so on, durations as {@code
     * 30s} or {@code 1h30m}. Keys that do not start with {@code holdfast.} are ignored, unknown ones that do are an error.
     *
     * @param value the settings
     * @return this
     */
    public HoldfastBuilder properties(Properties value) {
        Map<String, String> copy = new java.util.TreeMap<>();
        value.stringPropertyNames().forEach(key -> copy.put(key, value.getProperty(key)));
        properties = copy;
        return this;
    }

    /**
     * Settings in the form of an environment: {@code HOLDFAST_URL}, {@code HOLDFAST_LEASE_TIME} and so on, with the same values as
     * {@link #properties}. All other names are ignored, unknown ones that start with {@code HOLDFAST_} too, and so are empty values.
     *
     * @param value the settings, usually {@link System#getenv()}
     * @return this
     */
    public HoldfastBuilder environment(Map<String, String> value) {
        environment = Map.copyOf(value);
        return this;
    }

    /**
     * What every name is prefixed with in the store, so that applications can share one. Also the parameter {@code prefix}. It does
     * not count towards the 1,024 bytes of a name.
     *
     * @param value the prefix, at most 256 bytes of valid UTF-8; empty unless set
     * @return this
     */
    public HoldfastBuilder prefix(String value) {
        prefix = Objects.requireNonNull(value, "prefix");
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener hears what happens to the locks of this client
     * @return this
     */
    public HoldfastBuilder listener(LockListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Refuses to open a store that is weaker than the given tier, as far as the store lets us look.
     *
     * @param tier the weakest tier that will do
     * @return this
     */
    public HoldfastBuilder require(Tier tier) {
        required = Objects.requireNonNull(tier, "tier");
        return this;
    }

    /**
     * Where futures complete and listeners are called, instead of daemon threads of the client's own. Must not run tasks on the
     * thread that submits them, and must go on until the client is closed.
     *
     * @param executor the executor
     * @return this
     */
    public HoldfastBuilder callbackExecutor(Executor executor) {
        callbacks = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Opens the client.
     *
     * @return the client
     * @throws IllegalArgumentException if a setting is wrong or the store is weaker than {@link #require required}; nothing was
     *     asked of the store for the former
     * @throws BackendException if the store cannot be reached
     */
    public Holdfast open() {
        ClientSettings settings = new ClientSettings(
                uri, backend, options, required, callbacks, prefix, List.copyOf(listeners), properties, environment);
        return ServiceLoader.load(ClientFactory.class, HoldfastBuilder.class.getClassLoader())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "No engine on the class path: META-INF/services of holdfast-core is"
                                        + " missing. If the application is one merged jar, merge the files in META-INF/services too."))
                .open(settings);
    }
}
