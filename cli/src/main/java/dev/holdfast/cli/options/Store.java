// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.options;

import dev.holdfast.Holdfast;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.spi.BackendUri;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the locks are.
 *
 * @param uri the store's URI; may hold a password
 */
public record Store(String uri) {
    private static final int LONGEST_NAME = 1024;
    private static final Pattern USER_INFO = Pattern.compile("//[^/?#]*@");

    /**
     * The store of files that needs no server.
     *
     * @param directory where the files are
     * @return the store
     */
    public static Store of(Path directory) {
        StringBuilder uri = new StringBuilder("file:");
        String path = directory.toString();
        for (int at = 0; at < path.length(); at++) {
            char unit = path.charAt(at);
            if (Character.isLetterOrDigit(unit) || Character.isSurrogate(unit) || "/._-".indexOf(unit) >= 0) {
                uri.append(unit);
            } else {
                for (byte octet : String.valueOf(unit).getBytes(StandardCharsets.UTF_8)) {
                    uri.append(String.format("%%%02X", octet));
                }
            }
        }
        return new Store(uri.toString());
    }

    /** Whether its locks are of no use to other processes. */
    public boolean isInsideOneProcess() {
        String lower = uri.toLowerCase(Locale.ROOT);
        return lower.startsWith("memory:") || lower.startsWith("jdbc:h2:mem:");
    }

    /**
     * Opens a client. The environment's settings (HOLDFAST_LEASE_TIME and so on) apply.
     *
     * @param settings what the command line says, by setting: it wins over the environment
     * @return the client
     */
    public Holdfast open(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        settings.forEach((setting, value) ->
                environment.put("HOLDFAST_" + setting.toUpperCase(Locale.ROOT).replace('-', '_'), value));
        return Holdfast.builder().uri(uri).environment(environment).open();
    }

    /** Whether the URI has a parameter. */
    public boolean says(String setting) {
        return Pattern.compile("[?&]" + Pattern.quote(setting) + "=")
                .matcher(uri)
                .find();
    }

    /** The kind of store, for people: {@code redis}, {@code jdbc:mysql}. */
    public String kind() {
        String[] parts = uri.split(":", 3);
        return parts[0].equals("jdbc") && parts.length > 1 ? "jdbc:" + parts[1] : parts[0];
    }

    /** The URI for people, without credentials. */
    public String shown() {
        return BackendUri.parse(uri).toString();
    }

    /**
     * Refuses a directory that is not there. Opening it would make it, and a misspelt one would pass for a store without locks.
     *
     * @return this
     * @throws Failure if there is no such directory
     * @throws IllegalArgumentException if the URI is wrong
     */
    public Store existing() {
        BackendUri parsed = BackendUri.parse(uri);
        if (parsed.scheme().equals("file") && !parsed.path().isEmpty() && Files.notExists(Path.of(parsed.path()))) {
            throw new Failure(
                    ExitCodes.UNAVAILABLE, "there is no directory " + parsed.path() + ", so there are no locks either");
        }
        return this;
    }

    /**
     * What tells this store from others on this machine, without credentials. Two spellings of one store may differ.
     *
     * @return a text, to be hashed
     */
    public String identity() {
        String text = USER_INFO.matcher(uri).replaceFirst("//");
        String directory =
                text.startsWith("file:") ? text.substring("file:".length()).split("\\?", 2)[0] : null;
        return real(directory, text) + '\0' + System.getenv().getOrDefault("HOLDFAST_PREFIX", "");
    }

    private static String real(@Nullable String directory, String otherwise) {
        if (directory == null) {
            return otherwise;
        }
        Path path = Path.of(directory.startsWith("//") ? directory.replaceFirst("^//[^/]*", "") : directory);
        try {
            return otherwise.replace(directory, path.toRealPath().toString());
        } catch (IOException e) {
            return otherwise.replace(
                    directory, path.toAbsolutePath().normalize().toString());
        }
    }

    /**
     * Refuses a name that no store takes, before any store is asked.
     *
     * @param name the name of a lock
     * @throws IllegalArgumentException if it is not 1 to 1,024 bytes of UTF-8
     */
    public static void checkName(String name) {
        int bytes = bytes("the name of a lock", name);
        if (bytes < 1 || bytes > LONGEST_NAME) {
            throw new IllegalArgumentException("the name of a lock must have 1 to 1,024 bytes; this one has " + bytes);
        }
    }

    /**
     * Refuses what no name starts with, before any store is asked.
     *
     * @param prefix the beginning of names
     * @throws IllegalArgumentException if it is not at most 1,024 bytes of UTF-8
     */
    public static void checkPrefix(String prefix) {
        int bytes = bytes("the beginning of names", prefix);
        if (bytes > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "the beginning of names must have at most 1,024 bytes; this one has " + bytes);
        }
    }

    private static int bytes(String what, String text) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " must be valid UTF-8", e);
        }
    }
}
