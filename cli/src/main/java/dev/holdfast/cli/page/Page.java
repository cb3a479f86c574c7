// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.page;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A report for people, as one page of HTML that holds all it needs: notices at the top, facts, and sections of paragraphs, charts and tables. It
 * follows the reader's choice of light or dark. Every text that is given may be any text: it is shown, and never read as HTML.
 */
public final class Page {
    private static final String LIBRARY = "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

    private final String title;
    private final String subtitle;
    private final List<Map<String, Object>> notices = new ArrayList<>();
    private final List<Map<String, Object>> facts = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();

    /** What a notice is about; it decides the colour. */
    public enum Kind {
        /** What was asked for is so. */
        GOOD,
        /** To be kept in mind. */
        WARNING,
        /** Something is wrong. */
        BAD
    }

    /**
     * A page without anything on it.
     *
     * @param title its heading, and the name of the browser's tab
     * @param subtitle one sentence below
     */
    public Page(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /**
     * Adds what has to be seen first.
     *
     * @param kind what it is about
     * @param text the notice
     * @return this
     */
    public Page notice(Kind kind, String text) {
        notices.add(Map.of("kind", kind.name().toLowerCase(Locale.ROOT), "text", text));
        return this;
    }

    /**
     * Adds a line to the facts below the heading.
     *
     * @param name what it is
     * @param value what it is worth
     * @return this
     */
    public Page fact(String name, String value) {
        facts.add(Map.of("name", name, "value", value));
        return this;
    }

    /**
     * Begins a section.
     *
     * @param heading its heading
     * @return the section, to be filled
     */
    public Section section(String heading) {
        Section section = new Section(heading);
        sections.add(section);
        return section;
    }

    /**
     * The whole page.
     *
     * @return HTML, to be written as UTF-8
     */
    public String html() {
        return Mustache.compiler()
                .escapeHTML(true)
                .compile(resource("page.mustache"))
                .execute(Map.of(
                        "title", title,
                        "subtitle", subtitle,
                        "notices", notices,
                        "facts", facts,
                        "sections", sections.stream().map(Section::model).toList(),
                        "style", resource("page.css"),
                        "scripts", sections.stream().anyMatch(Section::hasChart) ? List.of(scripts()) : List.of()));
    }

    /** The library's own map of its source is in no place where a page without a network could ask for it. */
    private static String scripts() {
        String version = resource(LIBRARY)
                .lines()
                .filter(line -> line.startsWith("version="))
                .map(line -> line.substring("version=".length()))
                .findFirst()
                .orElseThrow();
        return resource("/META-INF/resources/webjars/chart.js/" + version + "/dist/chart.umd.min.js")
                        .replaceFirst("//# sourceMappingURL=\\S+", "")
                + resource("page.js");
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
