// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What follows the question mark of a URI, and which parts of it somebody has asked for. Not thread-safe. */
final class UriParameters {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");
    private static final Pattern SECRET = Pattern.compile("pass|pwd|secret|token|credential|auth");

    /**
     * One of them.
     *
     * @param raw all of it, as it was written
     * @param name what stands before the equals sign
     * @param value what stands after it, as it was written, or null if there is none
     */
    private record Parameter(
            String raw, String name, @Nullable String value) {
        static Parameter of(String raw) {
            int equals = raw.indexOf('=');
            return equals < 0
                    ? new Parameter(raw, raw, null)
                    : new Parameter(raw, raw.substring(0, equals), raw.substring(equals + 1));
        }
    }

    private final List<Parameter> parameters = new ArrayList<>();
    private final Set<String> known = new TreeSet<>();

    /** Takes over what belongs to a driver as it is; what is wrong with one of ours shows when it is taken. */
    static UriParameters ofDriver(@Nullable String query) {
        UriParameters all = new UriParameters();
        if (query != null) {
            for (String raw : query.split("&", -1)) {
                all.parameters.add(Parameter.of(raw));
            }
        }
        return all;
    }

    static UriParameters of(@Nullable String query) {
        UriParameters all = ofDriver(query);
        for (Parameter parameter : all.parameters) {
            if (!NAME.matcher(parameter.name).matches()) {
                // Not shown: it may be the rest of a password with a question mark.
                throw new IllegalArgumentException("a parameter after the question mark has "
                        + (parameter.name.isEmpty() ? "no name" : "a name that is not out of letters, digits and -")
                        + ". Write ?name=value&name=value, with & in a value as %26");
            }
            all.value(parameter.name);
        }
        return all;
    }

    boolean has(String name) {
        known.add(name);
        return parameters.stream().anyMatch(parameter -> parameter.name.equals(name));
    }

    @Nullable
    String take(String name) {
        if (!has(name)) {
            return null;
        }
        String value = value(name);
        if (value == null) {
            throw new IllegalArgumentException("URI parameter " + name + " has no value; write " + name + "=...");
        }
        return value;
    }

    @Nullable
    String takeFlag(String name) {
        if (!has(name)) {
            return null;
        }
        String value = value(name);
        if (value == null || value.equals("true") || value.equals("false")) {
            return value == null ? "true" : value;
        }
        throw new IllegalArgumentException("URI parameter " + name + " is "
                + (secret(name) ? "neither true nor false" : Printable.quoted(value) + "; it must be true or false"));
    }

    private @Nullable String value(String name) {
        List<Parameter> found = parameters.stream()
                .filter(parameter -> parameter.name.equals(name))
                .toList();
        if (found.size() > 1) {
            throw new IllegalArgumentException("URI parameter " + name + " is given " + found.size() + " times");
        }
        String value = found.get(0).value;
        if (value != null && value.isEmpty()) {
            throw new IllegalArgumentException(
                    "URI parameter " + name + " has an empty value; write " + name + "=... or leave it out");
        }
        return value == null ? null : decoded("URI parameter " + name, value);
    }

    Set<String> known() {
        return new TreeSet<>(known);
    }

    /** In the order in which they were written; without what is no name at all, which only a driver's text has. */
    Set<String> unknown() {
        Set<String> names = new LinkedHashSet<>();
        for (Parameter parameter : parameters) {
            if (NAME.matcher(parameter.name).matches()) {
                names.add(parameter.name);
            }
        }
        names.removeAll(known);
        return names;
    }

    /** As they were written, with the question mark; those that nobody took are what a driver gets. */
    String written(boolean takenToo) {
        List<String> raw = new ArrayList<>();
        for (Parameter parameter : parameters) {
            if (takenToo || !known.contains(parameter.name)) {
                raw.add(parameter.raw);
            }
        }
        return raw.isEmpty() ? "" : "?" + String.join("&", raw);
    }

    /** All of them without secrets. */
    String masked() {
        List<String> shown = new ArrayList<>();
        for (Parameter parameter : parameters) {
            shown.add(secret(parameter.name) && parameter.value != null ? parameter.name + "=***" : parameter.raw);
        }
        return shown.isEmpty() ? "" : "?" + String.join("&", shown);
    }

    static boolean secret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
    }

    /** Where the value of the first secret begins in a driver's URL, whatever separates its parameters; or -1. */
    static int secretAt(String url) {
        int name = 0;
        for (int i = 0; i < url.length(); i++) {
            char character = url.charAt(i);
            if (character == '=') {
                String written = url.substring(name, i);
                // An escaped name could be any name.
                if (secret(written) || written.indexOf('%') >= 0) {
                    return i + 1;
                }
            } else if ("?&;,()".indexOf(character) >= 0) {
                name = i + 1;
            }
        }
        return -1;
    }

    /** Decodes %XX. A plus sign is a plus sign. */
    static String decoded(String what, String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer plain = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                plain.put(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(raw[i + 2], 16);
            if (low < 0) {
                throw new IllegalArgumentException(
                        what + " has a % without two hexadecimal digits after it; write % itself as %25");
            }
            plain.put((byte) (high << 4 | low));
            i += 2;
        }
        String value;
        try {
            value = StandardCharsets.UTF_8.newDecoder().decode(plain.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " is not UTF-8 once its %XX are decoded", e);
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(what + " has a control character, written as %XX");
        }
        return value;
    }
}
