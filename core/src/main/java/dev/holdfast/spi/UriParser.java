// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the text of a URI apart. By hand, because java.net.URI knows neither several hosts nor {@code jdbc:}, and shows the whole text,
 * password included, in its errors. No message from here repeats what might be part of a password.
 */
final class UriParser {
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]{0,39}");
    private static final Pattern NAME_OR_V4 = Pattern.compile("[\\p{L}\\p{N}._-]+");
    private static final Pattern V6 = Pattern.compile("\\[[0-9a-fA-F]*:[0-9a-fA-F:.]+(%[A-Za-z0-9._-]+)?]");
    private static final String FORM = "A store's URI looks like memory:, file:/directory,"
            + " scheme://user:password@host1:port,host2:port/path?name=value or jdbc:database:...";

    /**
     * What stands between {@code //} and the path.
     *
     * @param hosts host or host:port
     * @param user the decoded user, or null
     * @param password the decoded password, or null
     */
    record Authority(
            List<String> hosts,
            @Nullable String user,
            @Nullable String password) {}

    private UriParser() {}

    static BackendUri parse(String text) {
        try {
            checkCharacters(text);
            String scheme = scheme(text, 0);
            return scheme.equals("jdbc") ? jdbc(text) : plain(scheme, text.substring(scheme.length() + 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The URI of the store is wrong: " + e.getMessage() + ". " + FORM, e.getCause());
        }
    }

    private static void checkCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            int character = text.codePointAt(i);
            if (Character.isISOControl(character)) {
                throw new IllegalArgumentException("it has a control character at index " + i);
            }
            if (character <= Character.MAX_VALUE && Character.isSurrogate((char) character)) {
                throw new IllegalArgumentException("it has half of a surrogate pair at index " + i);
            }
            i += Character.charCount(character) - 1;
        }
    }

    private static String scheme(String text, int from) {
        int colon = text.indexOf(':', from);
        if (colon < 0 || !SCHEME.matcher(text.substring(from, colon)).matches()) {
            String fix = text.startsWith("/") ? "; a directory is written as file:/directory" : "";
            throw new IllegalArgumentException(
                    text.isEmpty()
                            ? "it is empty"
                            : from == 0
                                    ? "it does not start with a scheme" + fix
                                    : "jdbc: is not followed by the name of a database and a colon");
        }
        return text.substring(from, colon).toLowerCase(Locale.ROOT);
    }

    private static BackendUri jdbc(String text) {
        String scheme = "jdbc:" + scheme(text, "jdbc:".length());
        int question = text.indexOf('?');
        String driver = question < 0 ? text : text.substring(0, question);
        return new BackendUri(
                scheme,
                new Authority(List.of(), null, null),
                "",
                driver,
                UriParameters.ofDriver(question < 0 ? null : text.substring(question + 1)));
    }

    private static BackendUri plain(String scheme, String rest) {
        for (int i = 0; i < rest.length(); i++) {
            char character = rest.charAt(i);
            if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
                throw new IllegalArgumentException("it has a space; write it as %20");
            }
            if (character == '#') {
                throw new IllegalArgumentException("it has a #; write it as %23");
            }
        }
        int question = rest.indexOf('?');
        String before = question < 0 ? rest : rest.substring(0, question);
        Authority authority = new Authority(List.of(), null, null);
        String path = before;
        if (before.startsWith("//")) {
            int slash = before.indexOf('/', 2);
            int end = slash < 0 ? before.length() : slash;
            if (rest.indexOf('@', end) >= 0) {
                throw new IllegalArgumentException(
                        "it has an @ after the hosts; write @ / ? in a user or password as %40 %2F"
                                + " %3F, and @ anywhere else as %40");
            }
            authority = authority(before.substring(2, end));
            path = before.substring(end);
        }
        return new BackendUri(
                scheme,
                authority,
                UriParameters.decoded("the path", path),
                before.startsWith("//") ? "//" + String.join(",", authority.hosts) + path : path,
                UriParameters.of(question < 0 ? null : rest.substring(question + 1)));
    }

    private static Authority authority(String text) {
        int at = text.indexOf('@');
        if (at != text.lastIndexOf('@')) {
            throw new IllegalArgumentException(
                    "it has more than one @ before the path; write @ in a user or password as %40");
        }
        List<String> hosts = hosts(text.substring(at + 1));
        if (at < 0) {
            return new Authority(hosts, null, null);
        }
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("no host follows the @");
        }
        String login = text.substring(0, at);
        int colon = login.indexOf(':');
        String user = colon < 0 ? login : login.substring(0, colon);
        String password = colon < 0 ? null : login.substring(colon + 1);
        if (login.isEmpty() || (password != null && password.isEmpty())) {
            throw new IllegalArgumentException(
                    (login.isEmpty() ? "the user" : "the password") + " before the @ is empty; leave it out");
        }
        return new Authority(
                hosts,
                user.isEmpty() ? null : UriParameters.decoded("the user", user),
                password == null ? null : UriParameters.decoded("the password", password));
    }

    private static List<String> hosts(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> hosts = Stream.of(text.split(",", -1)).map(UriParser::host).toList();
        Set<String> different = new HashSet<>();
        for (String host : hosts) {
            if (!different.add(host)) {
                throw new IllegalArgumentException("a host is given twice");
            }
        }
        return hosts;
    }

    /** What is wrong is not shown: it may be the beginning of a password with a slash. */
    private static String host(String text) {
        int colon = text.indexOf(':', text.lastIndexOf(']') + 1);
        String name = colon < 0 ? text : text.substring(0, colon);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a host is empty");
        }
        if (colon >= 0) {
            checkPort(text.substring(colon + 1));
        }
        if (!V6.matcher(name).matches() && !NAME_OR_V4.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a host is neither a name nor an address; an IPv6 address is written as [::1]");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static void checkPort(String text) {
        boolean number = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "what follows the colon after a host is no port from 1 to 65535; an IPv6 address is"
                            + " written as [::1], and : / ? in a user or password as %3A %2F %3F");
        }
    }
}
