// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.config;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.KnownNames;
import dev.holdfast.spi.Printable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The backends that are there, and what to add for those that are not. */
final class Providers {
    private static final Map<String, String> ARTIFACTS = Map.of(
            "redis", "holdfast-redis",
            "rediss", "holdfast-redis",
            "redis-sentinel", "holdfast-redis",
            "redis-cluster", "holdfast-redis",
            "redlock", "holdfast-redis",
            "zookeeper", "holdfast-zookeeper",
            "etcd", "holdfast-etcd",
            "memcached", "holdfast-memcached");

    private final Map<String, BackendProvider> byClass = new LinkedHashMap<>();
    private final List<ServiceConfigurationError> broken = new ArrayList<>();

    private Providers() {}

    /** Those that the class loader of this class sees, then those that only the thread's own sees, each once. */
    static Providers load() {
        Providers providers = new Providers();
        providers.addFrom(Providers.class.getClassLoader());
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null) {
            providers.addFrom(context);
        }
        return providers;
    }

    /** One broken backend must not take away the others, so its error waits until its scheme may be the one that is asked for. */
    private void addFrom(ClassLoader loader) {
        Iterator<ServiceLoader.Provider<BackendProvider>> found =
                ServiceLoader.load(BackendProvider.class, loader).stream().iterator();
        boolean more = true;
        while (more) {
            try {
                more = found.hasNext();
                if (more) {
                    ServiceLoader.Provider<BackendProvider> next = found.next();
                    // By name: the thread's loader may have a copy of a jar that the other has too.
                    if (!byClass.containsKey(next.type().getName())) {
                        byClass.put(next.type().getName(), next.get());
                    }
                }
            } catch (ServiceConfigurationError e) {
                broken.add(e);
            }
        }
    }

    /**
     * The backend for a scheme.
     *
     * @param scheme a scheme in lower case
     * @return its provider
     * @throws IllegalArgumentException if there is none, or more than one; the message says what to do
     */
    BackendProvider of(String scheme) {
        BackendProvider found = null;
        for (BackendProvider provider : byClass.values()) {
            if (provider.schemes().contains(scheme)) {
                if (found != null) {
                    throw new IllegalArgumentException("Two backends know the scheme " + scheme + ": "
                            + found.getClass().getName() + " and "
                            + provider.getClass().getName()
                            + ". Take one off the class path.");
                }
                found = provider;
            }
        }
        if (found == null) {
            throw unknown(scheme);
        }
        return found;
    }

    private IllegalArgumentException unknown(String scheme) {
        Set<String> known = new TreeSet<>();
        byClass.values().forEach(provider -> known.addAll(provider.schemes()));
        String artifact = artifact(scheme);
        IllegalArgumentException unknown = artifact == null
                ? KnownNames.unknown("scheme of the store's URI", scheme, known)
                : new IllegalArgumentException("No backend is here for the scheme " + Printable.quoted(scheme)
                        + ": add dev.holdfast:" + artifact + " to the class path. The schemes that are here: "
                        + String.join(", ", known) + ".");
        broken.forEach(unknown::addSuppressed);
        return unknown;
    }

    private static @Nullable String artifact(String scheme) {
        return scheme.startsWith("jdbc:") ? "holdfast-jdbc" : ARTIFACTS.get(scheme);
    }
}
