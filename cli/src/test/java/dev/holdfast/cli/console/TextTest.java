// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.options.Store;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TextTest {
    @Test
    void numbersAndTimes_areForPeople() {
        assertThat(Text.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Text.time(52_300)).isEqualTo("52 us");
        assertThat(Text.time(12_345_678)).isEqualTo("12.3 ms");
        assertThat(Text.time(1_720_000_000L)).isEqualTo("1.72 s");
    }

    @Test
    void table_alignsTextLeftAndNumbersRight() {
        assertThat(Text.table(List.of(List.of("lock", "lost"), List.of("a", "12345")))
                        .lines())
                .containsExactly("lock    lost", "a      12345");
    }

    @Test
    void storeOfADirectory_canHaveAnyPath() {
        // What the names of files are made of here; a machine without a locale has ASCII only.
        CharsetEncoder names =
                Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder();
        String unicode = "/\u00fc\u00a0\ud83d\udd12";
        for (String path : List.of(
                "/a", "/a b/%20?x=y#z", "/~+&=:;@[]", "/a\\b\"'", names.canEncode(unicode) ? unicode : "/ascii")) {
            assertThat(dev.holdfast.spi.BackendUri.parse(
                                    Store.of(java.nio.file.Path.of(path)).uri())
                            .path())
                    .isEqualTo(path);
        }
    }

    @Test
    void store_isNamedAndComparedWithoutCredentials() {
        assertThat(new Store("redis://user:secret@host:6379").kind()).isEqualTo("redis");
        assertThat(new Store("jdbc:mysql://host/db").kind()).isEqualTo("jdbc:mysql");
        assertThat(new Store("redis://user:secret@host:6379").identity())
                .isEqualTo(new Store("redis://host:6379").identity());
        assertThat(new Store("file:/tmp/./x").identity()).isEqualTo(new Store("file:/tmp/x").identity());
        assertThat(new Store("file:/tmp/x?prefix=a").identity()).isNotEqualTo(new Store("file:/tmp/x").identity());
    }
}
