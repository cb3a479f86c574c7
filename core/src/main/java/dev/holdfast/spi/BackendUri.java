// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store's URI, taken apart: {@code scheme:rest?name=value} or {@code
 * scheme://user:password@host1:port,host2:port/path?name=value&name=value}. Parts are percent-decoded; what has a meaning in a URI must
 * be written as {@code %XX} elsewhere. {@link #toString()} and all messages show no password. Does no I/O.
 *
 * <p>After {@code jdbc:} everything belongs to the driver, in the driver's own syntax and byte by byte, with one exception: after the
 * first question mark, the parameters that somebody {@link #take takes} are ours. {@link #driverUrl()} has the others. So one text
 * configures both, as in {@code jdbc:postgresql://host/db?user=app&lease-time=10s}.
 *
 * <p>Not thread-safe: it remembers which parameters were taken.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class BackendUri {
    private final String scheme;
    private final UriParser.Authority authority;
    private final String path;
    private final String shown;
    private final UriParameters parameters;

    /** The text {@code beforeParameters} has no login, or is a driver's. */
    BackendUri(
            String scheme,
            UriParser.Authority authority,
            String path,
            String beforeParameters,
            UriParameters parameters) {
        this.scheme = scheme;
        this.authority = authority;
        this.path = path;
        this.shown = beforeParameters;
        this.parameters = parameters;
    }

    /**
     * Takes a URI apart.
     *
     * @param text the URI
     * @return its parts
     * @throws IllegalArgumentException if it is no URI of a store; the message shows how one looks, and no password
     */
    public static BackendUri parse(String text) {
        return UriParser.parse(text);
    }

    /**
     * The scheme.
     *
     * @return in lower case, without the colon: {@code file}, {@code redis}, {@code jdbc:postgresql}
     */
    public String scheme() {
        return scheme;
    }

    /**
     * The hosts.
     *
     * @return as {@code host} or {@code host:port}, in lower case, in order, each once, an IPv6 address in brackets; empty if there is
     *     none, and for {@code jdbc:}
     */
    public List<String> hosts() {
        return authority.hosts();
    }

    /**
     * The hosts with their ports, not looked up.
     *
     * @param defaultPort the port of a host that is given without one
     * @return unresolved addresses in order, an IPv6 address without brackets; empty if there is none, and for {@code jdbc:}
     * @throws IllegalArgumentException if two are the same, one with and one without the default port
     */
    public List<InetSocketAddress> addresses(int defaultPort) {
        List<InetSocketAddress> addresses =
                hosts().stream().map(host -> address(host, defaultPort)).toList();
        if (new HashSet<>(addresses).size() < addresses.size()) {
            throw new IllegalArgumentException(
                    "The URI " + this + " has a host twice: the port is " + defaultPort + " where none is given");
        }
        return addresses;
    }

    private static InetSocketAddress address(String host, int defaultPort) {
        int colon = host.indexOf(':', host.lastIndexOf(']') + 1);
        String name = colon < 0 ? host : host.substring(0, colon);
        int port = colon < 0 ? defaultPort : Integer.parseInt(host.substring(colon + 1));
        return InetSocketAddress.createUnresolved(
                name.startsWith("[") ? name.substring(1, name.length() - 1) : name, port);
    }

    /**
     * The user.
     *
     * @return the decoded name, or null; always null for {@code jdbc:}
     */
    public @Nullable String user() {
        return authority.user();
    }

    /**
     * The password.
     *
     * @return the decoded password, or null; always null for {@code jdbc:}
     */
    public @Nullable String password() {
        return authority.password();
    }

    /**
     * What follows the scheme or the hosts, up to the parameters: {@code /0} in {@code redis://host/0}, {@code rel/dir} in {@code
     * file:rel/dir}. No character of it has a special meaning, {@code ~} neither.
     *
     * @return the decoded path without control characters, perhaps empty; empty for {@code jdbc:}
     */
    public String path() {
        return path;
    }

    /**
     * What to give to a JDBC driver: the whole text as it was written, without the parameters that were {@link #take taken} so far. It
     * may contain a password, so it must not be shown.
     *
     * @return the driver's URL, starting with {@code jdbc:}
     * @throws IllegalStateException if the scheme is not a {@code jdbc:} one
     */
    public String driverUrl() {
        if (!jdbc()) {
            throw new IllegalStateException("Only a jdbc: URI is a driver's, not one of scheme " + scheme);
        }
        return shown + parameters.written(false);
    }

    /**
     * Whether a parameter is given, with or without a value. Notes that it is known.
     *
     * @param parameter its name
     * @return whether it is given
     */
    public boolean has(String parameter) {
        return parameters.has(parameter);
    }

    /**
     * Takes a parameter, and notes that it is known.
     *
     * @param parameter its name, for example {@code prefix}
     * @return its decoded value, not empty and without control characters, or null if it is not given
     * @throws IllegalArgumentException if it is given without a value or, after {@code jdbc:}, twice or badly written
     */
    public @Nullable String take(String parameter) {
        return parameters.take(parameter);
    }

    /**
     * Takes a parameter that is a duration, and notes that it is known.
     *
     * @param parameter its name
     * @return its value, or null if it is not given
     * @throws IllegalArgumentException if it is not a duration
     */
    public @Nullable Duration takeDuration(String parameter) {
        String text = take(parameter);
        return text == null ? null : Durations.parse("URI parameter " + parameter, text);
    }

    /**
     * Takes a parameter that is {@code true} or {@code false}, and notes that it is known.
     *
     * @param parameter its name
     * @param otherwise the value if it is not given; given without a value it is true
     * @return its value
     * @throws IllegalArgumentException if it is neither
     */
    public boolean takeFlag(String parameter, boolean otherwise) {
        String value = parameters.takeFlag(parameter);
        return value == null ? otherwise : value.equals("true");
    }

    /**
     * Refuses parameters that nobody took. After {@code jdbc:} those are the driver's, and only what must be one of ours misspelt is
     * refused: a name with a hyphen, which no driver has, or one that differs from a known one in hyphens, underscores and case only.
     *
     * @throws IllegalArgumentException if there are any; the message names the known ones
     */
    public void rejectUnknown() {
        for (String name : parameters.unknown()) {
            if (!jdbc() || name.indexOf('-') >= 0 || isSpelling(name)) {
                throw KnownNames.unknown("URI parameter", name, known());
            }
        }
    }

    private boolean isSpelling(String name) {
        return known().stream().anyMatch(ours -> KnownNames.bare(ours).equals(KnownNames.bare(name)));
    }

    /**
     * The names of the parameters that were asked for.
     *
     * @return sorted names
     */
    public Set<String> known() {
        return parameters.known();
    }

    private boolean jdbc() {
        return scheme.startsWith("jdbc:");
    }

    /**
     * The URI for people.
     *
     * @return the URI with {@code ***} for the login and for parameters that look like secrets; of a {@code jdbc:} URI, with {@code
     *     ***} for all that might be a login, and nothing from the first parameter on that looks like a secret
     */
    @Override
    public String toString() {
        if (jdbc()) {
            return maskedDriverUrl();
        }
        String login = authority.user() == null && authority.password() == null ? "" : "***@";
        String rest = shown.startsWith("//") ? "//" + login + shown.substring(2) : shown;
        return scheme + ":" + rest + parameters.masked();
    }

    /** Every driver has its own syntax for a login, so the whole rest goes where one may begin. */
    private String maskedDriverUrl() {
        String rest = shown.substring(scheme.length() + 1) + parameters.written(true);
        int at = rest.lastIndexOf('@');
        String start = scheme + ":" + (at < 0 ? "" : "***@");
        rest = rest.substring(at + 1);
        int secret = UriParameters.secretAt(rest);
        return start + (secret < 0 ? rest : rest.substring(0, secret) + "***");
    }
}
