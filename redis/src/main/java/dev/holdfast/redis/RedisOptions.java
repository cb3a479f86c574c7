// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.Access;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.KnownNames;
import dev.holdfast.spi.Printable;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a URI says of Redis.
 *
 * @param kind what stands at the addresses
 * @param addresses the node, the sentinels, or some nodes of the cluster
 * @param access how nodes are reached
 * @param master the name by which sentinels know the master, or an empty text
 * @param sentinels how sentinels are reached
 * @param replicas how many replicas must have a grant before it counts
 * @param barging whether a lock that comes free may be taken by whoever asks first
 * @param assumesDurable whether the user vouches that the server loses nothing
 */
record RedisOptions(
        Kind kind,
        List<InetSocketAddress> addresses,
        Access access,
        String master,
        Access sentinels,
        int replicas,
        boolean barging,
        boolean assumesDurable) {
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final Pattern DATABASE = Pattern.compile("/?|/([0-9]{1,5})");

    /** What stands at the addresses. */
    enum Kind {
        NODE("redis", "redis://user:password@host:6379/0"),
        NODE_TLS("rediss", "rediss://user:password@host:6379/0"),
        SENTINEL("redis-sentinel", "redis-sentinel://host1,host2,host3/mymaster"),
        CLUSTER("redis-cluster", "redis-cluster://host1,host2,host3"),
        REDLOCK("redlock", "redlock://host1,host2,host3,host4,host5");

        private final String scheme;
        private final String example;

        Kind(String scheme, String example) {
            this.scheme = scheme;
            this.example = example;
        }

        static Kind of(String scheme) {
            for (Kind kind : values()) {
                if (kind.scheme.equals(scheme)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("The scheme " + scheme + " is none of Redis");
        }

        boolean isOneNode() {
            return this == NODE || this == NODE_TLS;
        }
    }

    /** Reads a URI. No I/O but to see whether the files of TLS are there. */
    static RedisOptions of(BackendUri uri) {
        Kind kind = Kind.of(uri.scheme());
        if (uri.hosts().isEmpty() || (kind.isOneNode() && uri.hosts().size() > 1)) {
            throw wrong(
                    uri,
                    kind,
                    uri.hosts().isEmpty()
                            ? "names no host"
                            : "names several hosts, which is for redis-sentinel:, redis-cluster: and redlock:");
        }
        if (uri.user() != null && uri.password() == null) {
            throw wrong(uri, kind, "has a user and no password; for a password alone write :password@");
        }
        boolean tls = kind == Kind.NODE_TLS || (!kind.isOneNode() && uri.takeFlag("tls", false));
        String user = emptyIsNone(uri.user());
        Path ca = file(uri, "ca", tls);
        Path cert = file(uri, "cert", tls);
        Path key = file(uri, "key", tls);
        if ((cert == null) != (key == null)) {
            throw new IllegalArgumentException("The URI parameters cert and key belong together: both are PEM files,"
                    + " of the client's certificate and of its key");
        }
        Access access = new Access(user, uri.password(), database(uri, kind), tls, ca, cert, key);
        return new RedisOptions(
                kind,
                uri.addresses(kind == Kind.SENTINEL ? SENTINEL_PORT : PORT),
                access,
                master(uri, kind),
                sentinels(uri, kind, access),
                kind == Kind.REDLOCK ? 0 : replicas(uri),
                kind != Kind.REDLOCK && uri.takeFlag("barging", false),
                durable(uri));
    }

    private static @Nullable String emptyIsNone(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static IllegalArgumentException wrong(BackendUri uri, Kind kind, String what) {
        return new IllegalArgumentException("The URI " + uri + " " + what + "; the form is " + kind.example);
    }

    private static @Nullable Path file(BackendUri uri, String parameter, boolean tls) {
        String text = uri.take(parameter);
        if (text == null) {
            return null;
        }
        if (!tls) {
            throw new IllegalArgumentException(
                    "The URI parameter " + parameter + " is about TLS, which this URI does not"
                            + " ask for: use rediss: for one node, and tls=true for redis-sentinel:, redis-cluster: and redlock:");
        }
        Path path = Path.of(text);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException(
                    "The URI parameter " + parameter + " names " + path + ", which is no file that can be read");
        }
        return path;
    }

    private static int database(BackendUri uri, Kind kind) {
        if (kind == Kind.SENTINEL) {
            String database = uri.take("database");
            return database == null ? 0 : number("database", database, 0, 99_999);
        }
        java.util.regex.Matcher path = DATABASE.matcher(uri.path());
        if (!path.matches()) {
            throw wrong(uri, kind, "has a path that is no number of a database");
        }
        int database = path.group(1) == null ? 0 : Integer.parseInt(path.group(1));
        if (kind == Kind.CLUSTER && database != 0) {
            throw wrong(uri, kind, "names database " + database + ", and a cluster has only 0");
        }
        return database;
    }

    private static String master(BackendUri uri, Kind kind) {
        if (kind != Kind.SENTINEL) {
            return "";
        }
        String path = uri.path();
        if (path.length() < 2 || path.indexOf('/', 1) >= 0) {
            throw wrong(uri, kind, "does not name the master that the sentinels watch");
        }
        return path.substring(1);
    }

    private static Access sentinels(BackendUri uri, Kind kind, Access nodes) {
        if (kind != Kind.SENTINEL) {
            return nodes;
        }
        return new Access(
                uri.take("sentinel-user"),
                uri.take("sentinel-password"),
                0,
                nodes.tls(),
                nodes.ca(),
                nodes.cert(),
                nodes.key());
    }

    private static int replicas(BackendUri uri) {
        String text = uri.take("replicas");
        return text == null ? 0 : number("replicas", text, 0, 100);
    }

    private static int number(String parameter, String text, int from, int to) {
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "The URI parameter " + parameter + " is " + Printable.quoted(text) + ", which is no whole number",
                    e);
        }
        if (number < from || number > to) {
            throw new IllegalArgumentException(
                    "The URI parameter " + parameter + " is " + number + "; it must be from " + from + " to " + to);
        }
        return number;
    }

    private static boolean durable(BackendUri uri) {
        String text = uri.take("assume");
        if (text != null && !text.equals("durable")) {
            throw KnownNames.unknown("value of URI parameter assume", text, Set.of("durable"));
        }
        return text != null;
    }

    /** For people: the addresses. */
    String where() {
        return addresses.stream()
                .map(address -> address.getHostString() + ":" + address.getPort())
                .collect(Collectors.joining(", "));
    }

    /** For people: no password. */
    @Override
    public String toString() {
        return kind.scheme + " at " + where();
    }
}
