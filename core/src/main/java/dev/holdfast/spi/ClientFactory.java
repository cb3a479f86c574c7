// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.Holdfast;

/** Opens clients. The engine provides it through {@link java.util.ServiceLoader}, so that the API does not know the engine. */
public interface ClientFactory {
    /**
     * Opens a client.
     *
     * @param settings what the builder was told
     * @return the client
     * @throws IllegalArgumentException if a setting is wrong
     * @throws dev.holdfast.BackendException if the store cannot be reached
     */
    Holdfast open(ClientSettings settings);
}
