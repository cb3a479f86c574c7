// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.testkit.servers.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The torture on a server, through proxies. */
final class TortureServerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

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
    void network_slowSilentAndCut_letsNobodyOverlap() {
        Cli.Started started = cli.with("HOLDFAST_URL", redis.uri()).start("torture", "--minutes", "0.15");
        assertThat(started.ends(PATIENCE)).isTrue();
        Cli.Result result = started.end();
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        for (String fault : new String[] {"slow network", "black hole", "stalled network", "cut connection"}) {
            assertThat(result.out()).containsPattern(fault + " +[1-9][0-9]* +[0-9]+ +0 ");
        }
    }

    @Test
    void serverThatDies_isReportedAsPartial() {
        RedisServer other = RedisServer.start();
        Cli.Started started;
        try (other) {
            started = cli.with("HOLDFAST_URL", other.uri()).start("torture", "--minutes", "30", "--lease", "500ms");
            Cli.until("the first faults", () -> Cli.text(started.err()).contains(" faults, "));
        }
        started.signal("INT");
        assertThat(started.ends(PATIENCE)).isTrue();
        Cli.Result result = started.end();
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(130);
        assertThat(result.out()).contains("PARTIAL", "What is left in the store is not known");
    }
}
