// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How servers are reached.
 *
 * @param user the user, or null for none
 * @param password the password, or null for none
 * @param tls whether connections are encrypted, and the server's name checked
 * @param ca a PEM file with the certificates to trust, or null for those of the JDK
 * @param cert a PEM file with the client's certificate, or null
 * @param key a PEM file with the client's key, or null
 */
public record Access(
        @Nullable String user,
        @Nullable String password,
        boolean tls,
        @Nullable Path ca,
        @Nullable Path cert,
        @Nullable Path key) {
    /**
     * For people: no password.
     *
     * @return what is no secret
     */
    @Override
    public String toString() {
        return "Access[user=" + user + ", tls=" + tls + "]";
    }
}
