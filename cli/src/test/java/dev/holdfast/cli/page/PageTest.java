// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.holdfast.cli.page.Chart.Axis;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A page shows what it was given, and asks the network for nothing. */
final class PageTest {
    private static final String EVIL = "</script><script>alert('1 & 2')</script><!--";

    private static Page page() {
        Page page = new Page("Title", "Subtitle")
                .notice(Page.Kind.BAD, "something broke")
                .fact("date", "today");
        page.section("Charts")
                .text("a paragraph")
                .list(List.of("first point", "second point"))
                .chart(Chart.bars("Bars", "note", List.of("one", "two"), Axis.logarithmic("grants/s"))
                        .bar(EVIL, Arrays.asList(1.5, null)))
                .chart(Chart.lines("Lines", "note", Axis.linear("%"), Axis.linear("ms"))
                        .line("redis", List.of(new double[] {1, 2}, new double[] {3, 4})));
        page.section(EVIL).table("caption", List.of(List.of("store", "p50"), List.of(EVIL, "12 us")));
        return page;
    }

    @Test
    void page_hasWhatItWasGiven() {
        assertThat(page().html())
                .startsWith("<!DOCTYPE html>")
                .contains(
                        "<title>Title</title>",
                        "<p class=\"notice bad\" role=\"status\">something broke</p>",
                        "<dt>date</dt><dd>today</dd>",
                        "<p>a paragraph</p>",
                        "<li>second point</li>",
                        "<caption>caption</caption>",
                        "<th scope=\"col\">p50</th>",
                        "<td>12 us</td>");
    }

    @Test
    void charts_areToldWhatToDraw() throws IOException {
        Matcher data = Pattern.compile("<script type=\"application/json\">(.*?)</script>")
                .matcher(page().html());
        assertThat(data.find()).isTrue();
        Map<String, Object> bars = JSON.std.mapFrom(data.group(1));
        assertThat(bars).containsEntry("kind", "bar").containsEntry("categories", List.of("one", "two"));
        assertThat(bars.get("series")).isEqualTo(List.of(Map.of("label", EVIL, "data", Arrays.asList(1.5, null))));
        assertThat(data.find()).isTrue();
        assertThat(data.group(1)).contains("\"x\":3.0", "\"y\":4.0");
        assertThat(data.find()).isFalse();
    }

    @Test
    void everyText_isShownAndNotObeyed() {
        assertThat(page().html()).doesNotContain("<script>alert").contains("&lt;/script&gt;&lt;script&gt;alert(");
    }

    @Test
    void page_needsNoNetwork() {
        String html = page().html();
        assertThat(html).contains("Chart.js v4");
        // Addresses in the library's comments are no requests; these would be.
        assertThat(html)
                .doesNotContainPattern("(src|href|action)\\s*=\\s*[\"']?(https?:)?//")
                .doesNotContain("@import", "url(", "sourceMappingURL", "fetch(", "XMLHttpRequest");
    }

    @Test
    void pageWithoutCharts_hasNoScript() {
        assertThat(new Page("Title", "Subtitle").html()).doesNotContain("<script");
    }

    @Test
    void rowsAndSeries_mustFit() {
        Section section = new Page("Title", "").section("Section");
        assertThatThrownBy(() -> section.table("", List.of(List.of("a"), List.of("b", "c"))))
                .isInstanceOf(IllegalArgumentException.class);
        Chart chart = Chart.bars("Bars", "", List.of("one"), Axis.linear("n"));
        assertThatThrownBy(() -> chart.bar("two", List.of(1.0, 2.0))).isInstanceOf(IllegalArgumentException.class);
    }
}
