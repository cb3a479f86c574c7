// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator does with locks that others hold: {@code inspect}, {@code list} and {@code release}. */
final class OperatorTest {
    private static final String NOTHING_KNOWN =
            "\"ownerLabel\":null,\"token\":null,\"since\":null,\"remainingMillis\":null,\"waiters\":null}";

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

    /** A run that holds a lock of this user's files until the test ends. */
    private Cli.Started holder(String name) {
        Path began = cli.path("began-" + Integer.toHexString(name.hashCode()));
        Cli.Started holder = cli.start("run", name, "--", "sh", "-c", "echo >'" + began + "'; exec sleep 60");
        Cli.until("the command began", () -> Cli.exists(began));
        return holder;
    }

    /** As {@link #holder}, of a name with a quote, a line end and an umlaut, which this JVM cannot pass on in every locale. */
    private void oddHolder() {
        Path began = cli.path("began-odd");
        cli.with("LC_ALL", "C.UTF-8")
                .with("BEGAN", began.toString())
                .startLine(List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" " + Cli.QUIET
                                + " -cp \"$1\" dev.holdfast.cli.Main run \"$(printf 'b\"\\n\\303\\274')\""
                                + " -- sh -c 'echo >\"$BEGAN\"; exec sleep 60'",
                        System.getProperty("java.home") + "/bin/java",
                        System.getProperty("java.class.path")));
        Cli.until("the command began", () -> Cli.exists(began));
    }

    @Test
    void inspect_freeLock_saysSoAndIs3() {
        Cli.Result text = cli.run("inspect", "job");
        assertThat(text.code()).isEqualTo(ExitCodes.FREE);
        assertThat(text.out()).isEqualTo("name:       job\nheld:       no\n");
        Cli.Result json = cli.run("inspect", "job", "--json");
        assertThat(json.code()).isEqualTo(ExitCodes.FREE);
        assertThat(json.out()).isEqualTo("{\"name\":\"job\",\"held\":false," + NOTHING_KNOWN + "\n");
        assertThat(text.err() + json.err()).isEmpty();
    }

    @Test
    void inspect_lockOfARun_namesTheProcess() {
        Cli.Started holder = holder("a job");
        Cli.Result text = cli.run("inspect", "a job");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out())
                .matches("name: {7}a job\nheld: {7}yes\nholder: {5}\\S+:"
                        + holder.process().pid()
                        + "\ntoken: {6}\\d{19}\nsince: {6}\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ, .*s ago\n"
                        + "remaining: {2}unknown, .*\nwaiters: {4}unknown\n");
        Cli.Result json = cli.run("inspect", "a job", "--json");
        assertThat(json.code()).isZero();
        assertThat(json.out())
                .matches(
                        "\\{\"name\":\"a job\",\"held\":true,\"ownerLabel\":\"[^\"]+:"
                                + holder.process().pid()
                                + "\",\"token\":\"\\d{19}\",\"since\":\"\\d{4}-[^\"]+Z\",\"remainingMillis\":null,\"waiters\":null}\n");
    }

    @Test
    void inspect_lockWithALeaseAndWaiters_showsThem() {
        Cli.Result text = cli.run("inspect", "lock-7", "-b", "staged:10");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out())
                .contains(
                        "remaining:  12s, unless it is renewed\n",
                        "waiters:    7\n",
                        "since:      2025-01-02T03:04:05Z, ");
        assertThat(cli.run("inspect", "lock-7", "-b", "staged:10", "--json").out())
                .isEqualTo(
                        "{\"name\":\"lock-7\",\"held\":true,\"ownerLabel\":\"host:7\",\"token\":\"0000000001024007168\","
                                + "\"since\":\"2025-01-02T03:04:05.678Z\",\"remainingMillis\":12345,\"waiters\":7}\n");
    }

    @Test
    void inspect_doesNotDisturbTheLock() {
        holder("job");
        cli.run("inspect", "job");
        cli.run("list");
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isEqualTo(ExitCodes.NOT_FREE);
        assertThat(cli.run("inspect", "job").code()).isZero();
    }

    @Test
    void list_showsHeldLocksOnly() {
        holder("orders/1");
        holder("orders/2");
        oddHolder();
        cli.run("run", "orders/3", "--", "true");
        Cli.Result all = cli.with("LC_ALL", "C.UTF-8").run("list");
        assertThat(all.code()).as(all.err()).isZero();
        assertThat(all.err()).isEmpty();
        assertThat(all.out().lines()).hasSize(4).first().asString().matches("SINCE .* TOKEN .* NAME");
        assertThat(all.out().lines().skip(1))
                .anyMatch(line -> line.endsWith("  orders/1"))
                .anyMatch(line -> line.endsWith("  orders/2"))
                .anyMatch(line -> line.endsWith("  \"b\\\"\\u000a\u00fc\""))
                .allMatch(line -> line.matches("\\S+Z +- +- +\\d{19} +\\S+:\\d+ +.*"));
        assertThat(cli.run("list", "orders/", "--json").out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"name\":\"orders/") && line.endsWith("}"));
        assertThat(cli.with("LC_ALL", "C").run("list", "b", "--json").out())
                .startsWith("{\"name\":\"b\\\"\\u000a\\u00fc\",\"held\":true,");
    }

    @Test
    void list_ofNothing_isTold() {
        Cli.Result all = cli.run("list");
        assertThat(all.code()).isZero();
        assertThat(all.out()).isEmpty();
        assertThat(all.err())
                .isEqualTo("holdfast: no lock is held in file:" + cli.state().resolve("holdfast/locks") + "\n");
        Cli.Result some = cli.run("list", "x");
        assertThat(some.code()).isZero();
        assertThat(some.err()).contains("no lock whose name starts with x is held");
        Cli.Result json = cli.run("list", "--json");
        assertThat(json.code()).isZero();
        assertThat(json.out() + json.err()).isEmpty();
    }

    @Test
    void list_ofMoreThanMemoryHolds_isWrittenPageAfterPage() {
        // With texts of 1,000 characters, 200,000 locks are some 600 MB.
        Cli.Result count = cli.with("JAVA_TOOL_OPTIONS", "-Xmx24m")
                .with("BIG", "staged:200000?says=" + "x".repeat(1_000))
                .startLine(List.of(
                        "sh",
                        "-c",
                        "\"$0\" " + Cli.QUIET + " -cp \"$1\" dev.holdfast.cli.Main list -b \"$BIG\" --json | wc -l",
                        System.getProperty("java.home") + "/bin/java",
                        System.getProperty("java.class.path")))
                .end();
        assertThat(count.err()).doesNotContain("holdfast:");
        assertThat(count.out().strip()).isEqualTo("200000");
    }

    @Test
    void list_ofAStoreThatGoesAway_writesWhatItHasAndIs69() {
        Cli.Result result = cli.run("list", "--json", "-b", "staged:5000?fails-at=2000");
        assertThat(result.code()).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(result.out().lines()).hasSize(2000).allMatch(line -> line.endsWith("}"));
        assertThat(result.err()).isEqualTo("holdfast: went away\n");
    }

    @Test
    void list_intoAPipeThatIsClosed_endsQuietlyAndSoon() {
        Cli.Result result = cli.startLine(List.of(
                        "sh",
                        "-c",
                        "{ \"$0\" " + Cli.QUIET
                                + " -cp \"$1\" dev.holdfast.cli.Main list -b staged:100000000; echo $? >&2; } | head -n 2",
                        System.getProperty("java.home") + "/bin/java",
                        System.getProperty("java.class.path")))
                .end();
        assertThat(result.out().lines()).hasSize(2);
        assertThat(result.err()).as("128 + SIGPIPE, and no other word").isEqualTo("141\n");
    }

    @Test
    void list_ontoAFullDisk_isAFailure() {
        Cli.Result result = cli.startLine(List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" " + Cli.QUIET + " -cp \"$1\" dev.holdfast.cli.Main list -b staged:3 >/dev/full",
                        System.getProperty("java.home") + "/bin/java",
                        System.getProperty("java.class.path")))
                .end();
        assertThat(result.code()).isEqualTo(ExitCodes.FAILURE);
        assertThat(result.err()).startsWith("holdfast: cannot write").hasLineCount(1);
    }

    @Test
    void release_withoutForce_isRefusedWithTheReason() {
        for (String[] line : new String[][] {
            {"release", "lock-1", "-b", "staged:3"}, {"release", "lock-1", "--now", "-b", "staged:3"}
        }) {
            Cli.Result result = cli.run(line);
            assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
            assertThat(result.err())
                    .contains("--force", "in the middle of its work")
                    .doesNotContain("forced");
        }
    }

    @Test
    void release_takesTheLockAway() {
        Cli.Result later = cli.run("release", "lock-1", "--force", "-b", "staged:3");
        assertThat(later.code()).isZero();
        assertThat(later.err()).isEqualTo("forced lock-1\n");
        assertThat(later.out())
                .isEqualTo(
                        "the lock lock-1 was taken from its holder; it is free after the rest of the holder's lease\n");
        Cli.Result now = cli.run("release", "lock-1", "--force", "--now", "-b", "staged:3");
        assertThat(now.code()).isZero();
        assertThat(now.err()).isEqualTo("forced lock-1 now\n");
        assertThat(now.out()).contains("was freed");
    }

    @Test
    void release_freeLock_saysSoAndIs3() {
        Cli.Result staged = cli.run("release", "lock-3", "--force", "-b", "staged:3");
        assertThat(staged.code()).isEqualTo(ExitCodes.FREE);
        assertThat(staged.out()).isEqualTo("the lock lock-3 is free; nothing was done\n");
        assertThat(cli.run("release", "job", "--force").code()).isEqualTo(ExitCodes.FREE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void release_lockOfFiles_isRefusedWithTheProcess(boolean now) {
        Cli.Started holder = holder("job");
        Cli.Result result = now ? cli.run("release", "job", "--force", "--now") : cli.run("release", "job", "--force");
        assertThat(result.code()).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("holdfast: ")
                .contains("'job'", "process " + holder.process().pid() + " ")
                .hasLineCount(1);
        assertThat(cli.run("inspect", "job").code()).as("it is still held").isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect job", "list", "release job --force"})
    void directoryThatDoesNotExist_isToldAndNotMade(String command) {
        // Opening it would make it, and then nothing would be held in it.
        Cli.Result result =
                cli.with("HOLDFAST_URL", "file:" + cli.path("misspelt")).run(command.split(" ", -1));
        assertThat(result.code()).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(result.err()).contains("there is no directory " + cli.path("misspelt"));
        assertThat(cli.path("misspelt")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"inspect job %s", "list -b nosuch:%s", "list --%s", "%s", "inspect job --backend staged:0?%s"})
    void hostileTextInAnError_doesNotReachTheTerminal(String command) {
        Cli.Result result = cli.run(command.formatted("\u001b[2J").split(" ", -1));
        assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.err()).startsWith("holdfast: ").doesNotContain("\u001b");
    }
}
