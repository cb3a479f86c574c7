// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code holdfast choose}. */
final class ChooseTest {
    @TempDir
    private Path directory;

    private Cli cli;

    @BeforeEach
    void setUp() {
        cli = new Cli(directory);
    }

    @AfterEach
    void tearDown() {
        cli.close();
    }

    @Test
    void cronJobOnOneHost_isToldToUseAFileAndWhyNotMemory() {
        Cli.Result advice =
                cli.run("choose", "--machines", "1", "--processes", "2", "--twice", "costly", "--token", "no");
        assertThat(advice.code()).isZero();
        assertThat(advice.out())
                .startsWith("take:   file   file:/var/lib/APP/locks\nlevel:  process\ntier:   L\nwhy:    ")
                .contains("rejected:\n  memory: Only the threads of one process see it");
        assertThat(advice.err()).isEmpty();
    }

    @Test
    void nothingThatWillDo_is1AndSaysWhatWouldGoWrong() {
        Cli.Result advice = cli.run(
                "choose", "--machines=2", "--twice=never", "--token=no", "--have=memcached", "--rate=3/h", "--hold=2m");
        assertThat(advice.code()).isEqualTo(ExitCodes.FAILURE);
        assertThat(advice.out()).startsWith("Nothing at hand will do.\n").contains("  memcached: It forgets locks");
    }

    @Test
    void stores_areMeasured() {
        String uri = "file:" + cli.path("locks");
        Cli.Result advice = cli.run("choose", "--machines=1", "--twice=harmless", "--token=no", uri);
        assertThat(advice.code()).isZero();
        assertThat(advice.out()).contains("measured here").contains(uri).contains(" us");
    }

    @Test
    void names_areThoseOfTheRules() {
        assertThat(ChooseCommand.STORES)
                .isEqualTo(String.join(", ", Rules.load().names()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--machines=1 --token=no | say --twice: there is no terminal to ask on",
                "--twice=never | say --machines, --token: there is no terminal to ask on",
                "--machines=0 --twice=never --token=no | --machines must be at least 1, not 0",
                "--machines=3 --processes=2 --twice=never --token=no | --processes 2 are fewer than --machines 3",
                "--machines=3 --twice=never --token=perhaps | --token must be yes or no, not 'perhaps'",
                "--machines=3 --twice=seldom --token=no | seldom",
                "--machines=3 --twice=never --token=no --have=redis,oracle | 'oracle' is none of h2, redis",
                "--machines=3 --twice=never --token=no --rate=often | 'often' is not a rate like 500/s",
                "--machines=3 --twice=never --token=no --hold=long | long",
            })
    void aWrongCommandLine_is2AndSaysWhatIsWrong(String arguments, String message) {
        Cli.Result result = cli.run(("choose " + arguments).split(" ", -1));
        assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.err()).contains(message);
        assertThat(result.out()).isEmpty();
    }
}
