// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.Holdfast;
import dev.holdfast.internal.config.Configuration;
import dev.holdfast.spi.ClientFactory;
import dev.holdfast.spi.ClientSettings;

/** Opens clients on this machine's clocks and threads. */
public final class EngineFactory implements ClientFactory {
    /** For {@link java.util.ServiceLoader}. */
    public EngineFactory() {}

    @Override
    public Holdfast open(ClientSettings settings) {
        Configuration found = Configuration.of(settings);
        Engine engine = Engine.open(
                found.backend(),
                found.options(),
                found.prefix(),
                settings.listeners(),
                settings.callbacks(),
                Engine.systemPlatform());
        if (found.required() != null && engine.tier().compareTo(found.required()) < 0) {
            engine.close();
            throw new IllegalArgumentException("Tier " + found.required() + " is required, but this deployment of "
                    + engine.backendId() + " is of tier " + engine.tier());
        }
        return engine;
    }
}
