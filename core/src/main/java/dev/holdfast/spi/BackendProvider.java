// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.util.Set;

/**
 * Makes a backend from a URI. Found through {@link java.util.ServiceLoader}; a backend's module provides one.
 */
public interface BackendProvider {
    /**
     * The URI schemes that this provider knows.
     *
     * @return lower-case schemes without the colon; for {@code jdbc:} URIs with the second part, as in {@code jdbc:postgresql}
     */
    Set<String> schemes();

    /**
     * Makes a backend without any I/O. Takes every parameter that it knows from the URI; what is left over is an error that the
     * caller reports.
     *
     * @param uri the parsed URI
     * @return a backend that is not opened yet
     * @throws IllegalArgumentException if the URI is wrong
     */
    LockBackend create(BackendUri uri);
}
