// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.HoldfastBuilder;
import dev.holdfast.LockListener;
import dev.holdfast.LockOptions;
import dev.holdfast.Tier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link HoldfastBuilder} was told, unchecked.
 *
 * @param uri the store's URI, or null
 * @param backend the caller's own backend, or null
 * @param options the options that nothing else overrides
 * @param required the weakest tier that will do, or null
 * @param callbacks where user code is called, or null for threads of the client's own
 * @param prefix what every name is prefixed with in the store
 * @param listeners who hears what happens
 * @param properties settings in the form of a properties file
 * @param environment settings in the form of an environment
 */
public record ClientSettings(
        @Nullable String uri,
        @Nullable LockBackend backend,
        LockOptions options,
        @Nullable Tier required,
        @Nullable Executor callbacks,
        String prefix,
        List<LockListener> listeners,
        Map<String, String> properties,
        Map<String, String> environment) {
    /**
     * The settings for people: without the URI, the properties and the environment, which may contain passwords.
     *
     * @return what else there is
     */
    @Override
    public String toString() {
        return "ClientSettings[options=" + options + ", required=" + required + ", prefix=" + Printable.quoted(prefix)
                + "]";
    }
}
