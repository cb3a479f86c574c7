// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A contender at a place, as the command line says it: {@code holdfast@file:/tmp/locks}, or only {@code holdfast}.
 *
 * @param contender the contender
 * @param place where its locks are; may hold a password
 * @param label what it is called in the results; holds no password
 */
public record Entrant(Contender contender, String place, String label) {
    private static final Pattern LOGIN = Pattern.compile("//[^/?#]*@");
    private static final Pattern SECRET = Pattern.compile(
            "([?&;][^=&;]*(?:pass|pwd|secret|token|credential|auth)[^=&;]*=)[^&;]*", Pattern.CASE_INSENSITIVE);

    /**
     * All contenders on the class path.
     *
     * @return by id
     */
    public static List<Contender> known() {
        return ServiceLoader.load(Contender.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(Contender::id))
                .toList();
    }

    /**
     * Reads an entrant.
     *
     * @param text {@code ID} or {@code ID@PLACE}
     * @return the entrant
     * @throws IllegalArgumentException if there is no such contender
     */
    public static Entrant parse(String text) {
        int at = text.indexOf('@');
        String id = at < 0 ? text : text.substring(0, at);
        List<Contender> known = known();
        Contender contender = known.stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no contender '" + id + "'; known are "
                        + known.stream().map(Contender::id).collect(Collectors.joining(", "))));
        String place = at < 0 ? contender.defaultPlace() : text.substring(at + 1);
        return new Entrant(contender, place, label(contender, place));
    }

    /**
     * This entrant with its own fresh directory.
     *
     * @param directory the directory
     * @return where its locks are
     */
    public String placeIn(Path directory) {
        boolean uri = place.indexOf(':') >= 0 && place.indexOf(':') < place.indexOf(Contender.DIRECTORY);
        String path = directory.toString();
        return place.replace(
                Contender.DIRECTORY,
                uri
                        ? path.replace("%", "%25")
                                .replace("?", "%3F")
                                .replace("#", "%23")
                                .replace(" ", "%20")
                        : path);
    }

    /**
     * Whether its locks exclude other processes.
     *
     * @return false if each process has locks of its own
     */
    public boolean excludesProcesses() {
        return contender.excludesProcesses(place);
    }

    /**
     * Refuses a contender whose locks do not exclude other processes.
     *
     * @throws IllegalArgumentException if they do not
     */
    public void requireProcesses() {
        if (!excludesProcesses()) {
            throw new IllegalArgumentException(
                    label() + " excludes the threads of one process only: choose a scenario with one"
                            + " process, or another contender");
        }
    }

    /**
     * Refuses a contender that a second thread of a process cannot wait for.
     *
     * @throws IllegalArgumentException if it is one
     */
    public void requireThreads() {
        if (!contender.excludesThreads()) {
            throw new IllegalArgumentException(
                    label() + " cannot be waited for by two threads of a process: choose a scenario"
                            + " with one thread for each name, or another contender");
        }
    }

    /** The id, and the place if it is not the default, without passwords. */
    private static String label(Contender contender, String place) {
        String shown = SECRET.matcher(LOGIN.matcher(place).replaceAll("//")).replaceAll("$1...");
        return place.equals(contender.defaultPlace()) ? contender.id() : contender.id() + "@" + shown;
    }

    /** Not the record's own, which would show a password. */
    @Override
    public String toString() {
        return label();
    }
}
