// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Contenders as the command line names them. */
final class EntrantTest {
    @Test
    void place_isTheContendersOwnUnlessGiven() {
        assertThat(Entrant.parse("holdfast").place()).isEqualTo("file:{dir}");
        assertThat(Entrant.parse("holdfast@memory:?ordering=arrival").place()).isEqualTo("memory:?ordering=arrival");
    }

    @Test
    void directoryInAUri_isEncoded() {
        Path odd = Path.of("/tmp/a b?c");
        assertThat(Entrant.parse("holdfast@file:{dir}?ordering=arrival").placeIn(odd))
                .isEqualTo("file:/tmp/a%20b%3Fc?ordering=arrival");
        assertThat(new Entrant(new HoldfastContender(), Contender.DIRECTORY, "plain").placeIn(odd))
                .isEqualTo("/tmp/a b?c");
    }

    @Test
    void label_showsThePlaceButNoPassword() {
        assertThat(Entrant.parse("holdfast").label()).isEqualTo("holdfast");
        assertThat(Entrant.parse("holdfast@redis://app:s3cret@host/0?prefix=a&key-password=s3cret&lease-time=3s"))
                .hasToString("holdfast@redis://host/0?prefix=a&key-password=...&lease-time=3s");
        assertThat(Entrant.parse("holdfast@jdbc:mysql://h/d?user=a&password=s3cret")
                        .label())
                .doesNotContain("s3cret");
    }

    @Test
    void memory_excludesNoProcesses() {
        assertThat(Entrant.parse("holdfast@memory:").excludesProcesses()).isFalse();
        assertThat(Entrant.parse("holdfast").excludesProcesses()).isTrue();
    }
}
