// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a resource does with tokens. */
final class CheckedRegisterTest {
    @TempDir
    Path directory;

    private CheckedRegister register;
    private CheckedRegister same;

    @BeforeEach
    void open() throws Exception {
        register = CheckedRegister.open(directory.resolve("register"));
        same = CheckedRegister.open(directory.resolve("register"));
    }

    @Test
    void token_smallerThanOneThatWasShown_isRefused() {
        assertThat(register.accepts(5)).isTrue();
        assertThat(same.accepts(5)).isTrue();
        assertThat(same.accepts(7)).isTrue();
        assertThat(register.accepts(6)).isFalse();
        assertThat(register.accepts(7)).isTrue();
    }

    @Test
    void number_isThatOfEveryProcess() {
        register.write(3);
        assertThat(same.read()).isEqualTo(3);
    }

    @Test
    void secondInside_meetsTheFirst() {
        assertThat(register.enter()).isZero();
        assertThat(same.enter()).isOne();
        register.leave();
        same.leave();
        assertThat(register.enter()).isZero();
    }
}
