// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.torture.Network;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers that a URI names, before which a proxy can stand; or why none can.
 *
 * @param beforeHosts the text of the URI before the hosts
 * @param hosts the servers, not looked up; empty if there is a reason
 * @param afterHosts the text behind them
 * @param frames how requests and replies are told apart
 * @param common whether the addresses decide which server has which lock
 * @param reason why no proxy can stand before them, or null
 */
record TortureServers(
        String beforeHosts,
        List<InetSocketAddress> hosts,
        String afterHosts,
        Supplier<FrameCounter> frames,
        boolean common,
        @Nullable String reason) {
    private static final Pattern AUTHORITY = Pattern.compile("([^:]+://(?:[^/?#]*@)?)([^/?#@]*)(.*)");
    private static final Pattern DATA_BASE =
            Pattern.compile("(jdbc:(?:postgresql|mariadb|mysql)://)([^/?()@]+)([/?].*)?");
    private static final Pattern HOST = Pattern.compile("(\\[[^\\]]+\\]|[^:]+)(?::([0-9]+))?");
    private static final Map<String, Integer> PORTS = Map.of(
            "redis",
            6379,
            "redlock",
            6379,
            "etcd",
            2379,
            "zookeeper",
            2181,
            "memcached",
            11_211,
            "jdbc:postgresql",
            5432,
            "jdbc:mariadb",
            3306,
            "jdbc:mysql",
            3306);

    /**
     * Looks at a URI. Does no I/O.
     *
     * @throws IllegalArgumentException if it is no URI of a store
     */
    static TortureServers of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        String scheme = parsed.scheme();
        if (scheme.equals("redis-cluster") || scheme.equals("redis-sentinel")) {
            return none("clients of " + scheme
                    + ": learn the servers' addresses from the servers, and would go past a proxy");
        }
        Integer port = PORTS.get(scheme);
        boolean encrypted = scheme.equals("rediss")
                || parsed.takeFlag("tls", false)
                || (scheme.startsWith("jdbc:") && uri.matches("(?i).*[?&;](use_?)?ssl(mode)?=(?!disable|false).*"));
        if (encrypted) {
            return none("the connections are encrypted, and certificates name the servers and not a proxy before them");
        }
        if (port == null) {
            return none(
                    scheme.equals("file")
                            ? "there is no network between a program and its files"
                            : "there is no proxy for what clients of " + scheme + ": say to their servers");
        }
        Matcher parts = (scheme.startsWith("jdbc:") ? DATA_BASE : AUTHORITY).matcher(uri);
        if (!parts.matches()) {
            return none("the URI does not name the servers by host and port");
        }
        List<InetSocketAddress> hosts = new ArrayList<>();
        for (String host : parts.group(2).split(",", -1)) {
            Matcher one = HOST.matcher(host);
            if (!one.matches()) {
                return none("the URI does not name the servers by host and port");
            }
            String name = one.group(1).replaceAll("[\\[\\]]", "");
            hosts.add(InetSocketAddress.createUnresolved(
                    name, one.group(2) == null ? port : Integer.parseInt(one.group(2))));
        }
        return new TortureServers(
                parts.group(1),
                hosts,
                parts.group(3) == null ? "" : parts.group(3),
                frames(scheme),
                scheme.equals("memcached") && hosts.size() > 1,
                null);
    }

    private static TortureServers none(String reason) {
        return new TortureServers("", List.of(), "", FrameCounter::chunks, false, reason);
    }

    private static Supplier<FrameCounter> frames(String scheme) {
        return switch (scheme) {
            case "redis", "redlock" -> FrameCounter::resp;
            case "zookeeper" -> FrameCounter::lengthPrefixed;
            case "memcached" -> FrameCounter::lines;
            default -> FrameCounter::chunks;
        };
    }

    String uriVia(List<InetSocketAddress> others) {
        return beforeHosts
                + others.stream()
                        .map(other -> other.getAddress().getHostAddress() + ":" + other.getPort())
                        .collect(Collectors.joining(","))
                + afterHosts;
    }

    /**
     * Looks the servers up.
     *
     * @return them
     * @throws Failure if one is not known
     */
    Network network() {
        List<InetSocketAddress> resolved = new ArrayList<>();
        for (InetSocketAddress host : hosts) {
            InetSocketAddress address = new InetSocketAddress(host.getHostString(), host.getPort());
            if (address.isUnresolved()) {
                throw new Failure(ExitCodes.UNAVAILABLE, "there is no host " + host.getHostString());
            }
            resolved.add(address);
        }
        return new Network(resolved, this::uriVia, frames, common);
    }
}
