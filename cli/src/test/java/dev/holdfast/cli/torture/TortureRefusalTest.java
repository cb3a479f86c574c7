// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the torture refuses, and before which servers it puts proxies. */
final class TortureRefusalTest {
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name a store | ",
                "locks are inside one process | memory:",
                "--minutes is 0.0 | file:/nowhere --minutes 0",
                "there is no fault 'fire' | file:/nowhere --faults fire",
                "no network between a program and its files | file:/nowhere --faults reset",
                "learn the servers' addresses | redis-cluster://h1 --faults pause,stall",
                "certificates name the servers | rediss://h1 --faults cut",
                "belong together | file:/nowhere --stop-server true",
                "needs --stop-server | file:/nowhere --faults stop-server",
                "two answers | file:/nowhere?lease-time=3s --lease 2s",
                "named twice | file:/nowhere file:/nowhere",
                "unknown option | file:/nowhere --fault pause"
            })
    void wrongCommandLine_isRefusedBeforeAnythingIsMade(String message, String arguments) {
        List<String> line = new java.util.ArrayList<>(List.of("torture"));
        if (arguments != null) {
            line.addAll(List.of(arguments.split(" ", -1)));
        }
        Cli.Result result = cli.run(line.toArray(String[]::new));
        assertThat(result.err()).contains(message);
        assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(Path.of("/nowhere")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "redis://u:p%40ss@h1/3?lease-time=3s redis://u:p%40ss@127.0.0.1:1000/3?lease-time=3s",
                "redlock://h1,h2:7,h3 redlock://127.0.0.1:1000,127.0.0.1:1001,127.0.0.1:1002",
                "etcd://[::1]:2379?prefix=x etcd://127.0.0.1:1000?prefix=x",
                "jdbc:postgresql://h1:5433/db?user=a&password=b jdbc:postgresql://127.0.0.1:1000/db?user=a&password=b",
                "jdbc:mariadb://h1/db jdbc:mariadb://127.0.0.1:1000/db"
            })
    void uri_namesTheProxiesInstead(String uri, String proxied) throws Exception {
        TortureServers servers = TortureServers.of(uri);
        List<InetSocketAddress> others = new java.util.ArrayList<>();
        for (int i = 0; i < servers.hosts().size(); i++) {
            others.add(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 1000 + i));
        }
        assertThat(servers.uriVia(others)).isEqualTo(proxied);
    }

    @Test
    void password_isNotInTheReplay() {
        Cli.Result result = cli.run("torture", "redis://user:secret@127.0.0.1:1", "--minutes", "1");
        assertThat(result.code()).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(result.err() + result.out()).doesNotContain("secret");
    }
}
