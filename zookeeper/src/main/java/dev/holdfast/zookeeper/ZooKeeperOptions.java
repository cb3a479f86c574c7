// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.KnownNames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * What a URI says of ZooKeeper.
 *
 * @param addresses servers of the ensemble
 * @param root the node under which locks stand; {@code /} or without a slash at its end
 * @param nested whether a slash in a name makes a path
 * @param dialect how contenders are named
 * @param containers whether the server removes a lock's node when nobody has used it for a while
 * @param removeUnused after which time without use this client removes a lock's node, or null if it does not
 * @param sessionTimeout how long the server is asked to keep the session without hearing from the client
 * @param tick a time within which a follower passes on to the leader that it heard from the client, or null for what fits the session
 * @param user for digest authentication, or null
 * @param password for digest authentication, or null
 * @param creatorOnly whether only this user may touch what the client makes
 * @param tls how to encrypt, or null
 */
record ZooKeeperOptions(
        List<InetSocketAddress> addresses,
        String root,
        boolean nested,
        Dialect dialect,
        boolean containers,
        @Nullable Duration removeUnused,
        Duration sessionTimeout,
        @Nullable Duration tick,
        @Nullable String user,
        @Nullable String password,
        boolean creatorOnly,
        @Nullable TlsFiles tls) {
    private static final int PORT = 2181;
    private static final String DEFAULT_ROOT = "/holdfast";
    private static final Duration DEFAULT_SESSION = Duration.ofSeconds(30);
    private static final String FORM = "zookeeper://host1,host2,host3/path";

    /** PEM files. */
    record TlsFiles(
            @Nullable Path ca,
            @Nullable Path cert,
            @Nullable Path key) {}

    /** Reads a URI. No I/O but to see whether the files of TLS are there. */
    static ZooKeeperOptions of(BackendUri uri) {
        if (uri.hosts().isEmpty()) {
            throw new IllegalArgumentException("The URI " + uri + " names no host; the form is " + FORM);
        }
        if ((uri.user() == null) != (uri.password() == null)) {
            throw new IllegalArgumentException(
                    "The URI " + uri + " has only one of user and password; write zookeeper://user:password@host");
        }
        Dialect dialect = choice(uri, "dialect", Dialect.values(), Dialect.CURATOR);
        Parent parent = choice(
                uri, "parent", Parent.values(), dialect == Dialect.CURATOR ? Parent.CONTAINER : Parent.PERSISTENT);
        Acl acl = choice(uri, "acl", Acl.values(), uri.user() == null ? Acl.OPEN : Acl.CREATOR);
        TlsFiles tls = tls(uri);
        if (acl == Acl.CREATOR && uri.user() == null && (tls == null || tls.cert() == null)) {
            throw new IllegalArgumentException("The URI parameter acl=creator needs somebody who creates: a user and a"
                    + " password in the URI, or a client certificate");
        }
        Duration tick = uri.takeDuration("tick");
        return new ZooKeeperOptions(
                uri.addresses(PORT),
                root(uri),
                uri.takeFlag("nested", false),
                dialect,
                parent == Parent.CONTAINER,
                removeUnused(uri, parent),
                session(uri),
                tick == null ? null : positive("tick", tick),
                uri.user(),
                uri.password(),
                acl == Acl.CREATOR,
                tls);
    }

    private enum Parent {
        CONTAINER,
        PERSISTENT
    }

    private enum Acl {
        OPEN,
        CREATOR
    }

    private static <E extends Enum<E>> E choice(BackendUri uri, String parameter, E[] values, E otherwise) {
        String text = uri.take(parameter);
        if (text == null) {
            return otherwise;
        }
        for (E value : values) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        throw KnownNames.unknown(
                "value of URI parameter " + parameter,
                text,
                Arrays.stream(values)
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    /** Locks end with the session, so without a word about the session the lease time says how long it should be. */
    private static Duration session(BackendUri uri) {
        Duration asked = uri.takeDuration("session-timeout");
        if (asked == null) {
            asked = uri.takeDuration("lease-time");
        }
        Duration session = asked == null ? DEFAULT_SESSION : positive("session-timeout", asked);
        if (session.toMillis() < 1 || session.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "A session of ZooKeeper lasts from 1 ms to 24 days, not " + session + "; set session-timeout");
        }
        return session;
    }

    private static @Nullable Duration removeUnused(BackendUri uri, Parent parent) {
        Duration after = uri.takeDuration("remove-unused");
        if (after != null && parent == Parent.CONTAINER) {
            throw new IllegalArgumentException(
                    "The URI parameter remove-unused is about parent=persistent: containers are"
                            + " removed by the servers");
        }
        return after == null ? null : positive("remove-unused", after);
    }

    private static Duration positive(String parameter, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException("The URI parameter " + parameter + " must be more than nothing");
        }
        return value;
    }

    private static String root(BackendUri uri) {
        String path = uri.path();
        if (path.isEmpty()) {
            return DEFAULT_ROOT;
        }
        String root = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        try {
            PathUtils.validatePath(root);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The URI " + uri + " has a path that ZooKeeper cannot have (" + e.getMessage() + ")", e);
        }
        if (root.equals("/zookeeper") || root.startsWith("/zookeeper/")) {
            throw new IllegalArgumentException(
                    "The URI " + uri + " has a path under /zookeeper, which ZooKeeper keeps for itself");
        }
        return root;
    }

    private static @Nullable TlsFiles tls(BackendUri uri) {
        boolean tls = uri.takeFlag("tls", false);
        Path ca = file(uri, "ca", tls);
        Path cert = file(uri, "cert", tls);
        Path key = file(uri, "key", tls);
        if ((cert == null) != (key == null)) {
            throw new IllegalArgumentException("The URI parameters cert and key belong together: both are PEM files,"
                    + " of the client's certificate and of its key");
        }
        return tls ? new TlsFiles(ca, cert, key) : null;
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

    /** As ZooKeeper's client wants it. */
    String connectString() {
        return addresses.stream()
                .map(a -> (a.getHostString().indexOf(':') >= 0 ? "[" + a.getHostString() + "]" : a.getHostString())
                        + ":"
                        + a.getPort())
                .collect(Collectors.joining(","));
    }

    /** What the client of one session connects to. */
    Hosts hosts() {
        return new Hosts(connectString());
    }

    /** Makes a handle, which connects by itself. */
    ZooKeeper open(Hosts hosts, Watcher watcher, ZKClientConfig config) {
        try {
            ZooKeeper server =
                    new ZooKeeper(connectString(), (int) sessionTimeout.toMillis(), watcher, false, hosts, config);
            if (user != null) {
                server.addAuthInfo("digest", (user + ":" + password).getBytes(StandardCharsets.UTF_8));
            }
            return server;
        } catch (IOException e) {
            throw Faults.transientFault(null, "Could not make a client of ZooKeeper at " + this + ": " + e, e);
        }
    }

    List<ACL> acl() {
        return creatorOnly ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    /** The node of a lock, under which contenders stand. */
    String lockPath(String key) {
        return (root.equals("/") ? "/" : root + "/") + key;
    }

    /** Why there can be no lock under a key, or null. */
    @Nullable
    String whyUnusable(String key) {
        if (root.equals("/") && (key.equals("zookeeper") || key.startsWith("zookeeper/"))) {
            return "its servers keep /zookeeper for themselves; use another name, or a path in the URI";
        }
        if (nested) {
            for (String part : key.split("/", -1)) {
                if (Dialect.isContender(part)) {
                    return "with nested=true its part " + part
                            + " would be taken for somebody who waits for the lock above" + " it";
                }
            }
        }
        return null;
    }

    /** For people: no password. */
    @Override
    public String toString() {
        return connectString() + (root.equals("/") ? "" : root);
    }
}
