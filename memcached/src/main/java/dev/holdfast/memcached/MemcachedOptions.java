// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Access;
import dev.holdfast.spi.BackendUri;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a URI says of memcached.
 *
 * @param addresses the servers, among which the names are divided
 * @param access how they are reached
 */
record MemcachedOptions(List<InetSocketAddress> addresses, Access access) {
    private static final int PORT = 11211;
    private static final String FORM = "memcached://user:password@host1:11211,host2:11211";

    /** Reads a URI. No I/O but to see whether the files of TLS are there. */
    static MemcachedOptions of(BackendUri uri) {
        if (uri.hosts().isEmpty()) {
            throw wrong(uri, "names no host");
        }
        if (!uri.path().isEmpty() && !uri.path().equals("/")) {
            throw wrong(uri, "has a path, and memcached knows none; what all names start with is the parameter prefix");
        }
        String user = emptyIsNone(uri.user());
        String password = emptyIsNone(uri.password());
        if ((user == null) != (password == null)) {
            throw wrong(uri, user == null ? "has a password and no user" : "has a user and no password");
        }
        boolean tls = uri.takeFlag("tls", false);
        Path ca = file(uri, "ca", tls);
        Path cert = file(uri, "cert", tls);
        Path key = file(uri, "key", tls);
        if ((cert == null) != (key == null)) {
            throw new IllegalArgumentException("The URI parameters cert and key belong together: both are PEM files,"
                    + " of the client's certificate and of its key");
        }
        return new MemcachedOptions(uri.addresses(PORT), new Access(user, password, tls, ca, cert, key));
    }

    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static IllegalArgumentException wrong(BackendUri uri, String what) {
        return new IllegalArgumentException("The URI " + uri + " " + what + "; the form is " + FORM);
    }

    private static @Nullable Path file(BackendUri uri, String parameter, boolean tls) {
        String text = uri.take(parameter);
        if (text == null) {
            return null;
        }
        if (!tls) {
            throw new IllegalArgumentException(
                    "The URI parameter " + parameter + " is about TLS, which this URI does not ask for: add tls=true");
        }
        Path path = Path.of(text);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException(
                    "The URI parameter " + parameter + " names " + path + ", which is no file that can be read");
        }
        return path;
    }
}
