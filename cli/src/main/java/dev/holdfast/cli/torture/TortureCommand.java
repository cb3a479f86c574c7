// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.cli.console.ReportFile;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import dev.holdfast.trials.torture.FaultKind;
import dev.holdfast.trials.torture.ServerHooks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Reads and checks the command line of {@code torture}; {@link TortureRun} does the work. */
public final class TortureCommand implements Callable<Integer> {
    public static final String SUMMARY =
            "Tries whether the locks of a store hold what they promise while things go wrong.";

    private static final double MOST_MINUTES = 24 * 60;
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(5);
    private static final String WORDS =
            Arrays.stream(FaultKind.values()).map(FaultKind::word).collect(Collectors.joining(", "));

    private final BackendOption backend;
    private final PositionalParamSpec uris = PositionalParamSpec.builder()
            .index("0..*")
            .arity("0..*")
            .paramLabel("URI")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("The stores, one after the other. Without any: -b or HOLDFAST_URL.")
            .build();
    private final OptionSpec minutes = OptionSpec.builder("--minutes")
            .paramLabel("N")
            .type(double.class)
            .defaultValue("2")
            .description("For how long there are faults, for each store: up to 1440, 0.5 is half a minute. Default: 2.")
            .build();
    private final OptionSpec seed = OptionSpec.builder("--seed")
            .paramLabel("N")
            .type(Long.class)
            .description("Make the choices of an earlier run again. What follows from them may differ.")
            .build();
    private final OptionSpec lease = Syntax.timeOf("--lease")
            .defaultValue("2s")
            .description(
                    "How long a lock outlives its holder, unless the URI says lease-time=. The longest pauses are half as long again."
                            + " Default: 2s.")
            .build();
    private final OptionSpec faults = OptionSpec.builder("--faults")
            .paramLabel("KINDS")
            .type(String.class)
            .description("Only these, with commas between: " + WORDS + ". Default: all that are possible.")
            .build();
    private final OptionSpec stopServer = OptionSpec.builder("--stop-server")
            .paramLabel("COMMAND")
            .type(String.class)
            .description("What sh runs to stop a server of the store, now and then. Only with --start-server.")
            .build();
    private final OptionSpec startServer = OptionSpec.builder("--start-server")
            .paramLabel("COMMAND")
            .type(String.class)
            .description("What sh runs to start it again; also at the end, whatever happens.")
            .build();
    private final OptionSpec json = OptionSpec.builder("--json")
            .paramLabel("FILE")
            .type(Path.class)
            .description("Write the figures to this file.")
            .build();
    private final OptionSpec html = OptionSpec.builder("--html")
            .paramLabel("FILE")
            .type(Path.class)
            .description("Write a page with charts to this file.")
            .build();
    private final CommandSpec spec;

    public TortureCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("torture", this).addPositional(uris);
        List.of(minutes, seed, lease, faults, stopServer, startServer, json, html)
                .forEach(spec::addOption);
        spec.usageMessage()
                .customSynopsis(
                        "holdfast torture [URI...] [--minutes N] [--seed N] [--lease TIME]",
                        "                 [--faults KINDS] [--stop-server COMMAND",
                        "                 --start-server COMMAND] [--json FILE] [--html FILE] [--verbose]")
                .description(
                        "Four processes fight for three locks of their own. They are stopped and killed at random, and the connections to the"
                                + " store are slowed down, silenced and cut by proxies on this machine. What everybody did is written down and"
                                + " judged. The servers are not touched, unless you give the commands that stop and start one. First comes a"
                                + " lock that is known to be bad: if that is not caught, the run proves nothing.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "every promise of the store's tier was kept",
                        "1",
                        "a promise was broken",
                        "2",
                        "the command line is wrong; nothing was done",
                        "4",
                        "the run proves nothing: it was cut short, or the control was not caught",
                        "69",
                        "the store cannot be reached, or refuses to answer; nothing was done to it",
                        "73",
                        "a file or directory cannot be made",
                        "128+n",
                        "ended by signal n; what was found until then was reported"));
    }

    public CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        return new TortureRun(plan()).run();
    }

    private TorturePlan plan() {
        double many = minutes.getValue();
        if (!(many > 0 && many <= MOST_MINUTES)) {
            throw wrong("--minutes is " + many + "; it must be above 0 and at most 1440");
        }
        Duration leaseTime = lease.getValue();
        if (leaseTime.compareTo(SHORTEST_LEASE) < 0 || leaseTime.compareTo(LONGEST_LEASE) > 0) {
            throw wrong("--lease must be from 100ms to 5m");
        }
        ServerHooks hooks = hooks();
        Set<FaultKind> chosen = chosen();
        List<TorturePlan.Target> targets = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String uri : given()) {
            if (!seen.add(uri)) {
                throw wrong("a store is named twice: " + new Store(uri).shown());
            }
            targets.add(target(uri, chosen, hooks));
        }
        Long chosenSeed = seed.getValue();
        return new TorturePlan(
                targets,
                Duration.ofMillis(Math.max(1, Math.round(many * 60_000))),
                chosenSeed == null ? new SplittableRandom().nextLong(1_000_000_000) : chosenSeed,
                leaseTime,
                chosen,
                hooks,
                writable(json),
                writable(html));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private List<String> given() {
        List<String> given = uris.getValue();
        if (given != null && !given.isEmpty()) {
            return given;
        }
        String one = backend.uri();
        if (one == null) {
            throw wrong("name a store: holdfast torture redis://host");
        }
        return List.of(one);
    }

    private TorturePlan.Target target(String uri, @Nullable Set<FaultKind> chosen, @Nullable ServerHooks hooks) {
        Store store = new Store(uri);
        if (store.isInsideOneProcess()) {
            throw wrong(
                    store.kind()
                            + ": locks are inside one process, so other processes cannot fight for them; use file:/directory or a server");
        }
        if (lease.stringValues().size() > 0 && store.says("lease-time")) {
            throw wrong("--lease and lease-time= in the URI are two answers to one question");
        }
        TortureServers servers = TortureServers.of(uri);
        Set<FaultKind> possible = TorturePlan.possible(servers, hooks);
        if (chosen != null && !possible.containsAll(chosen)) {
            EnumSet<FaultKind> impossible = EnumSet.copyOf(chosen);
            impossible.removeAll(possible);
            FaultKind kind = impossible.iterator().next();
            throw wrong(
                    kind == FaultKind.STOP_SERVER
                            ? "stop-server needs --stop-server and --start-server"
                            : kind.word() + " is not possible: " + servers.reason());
        }
        return new TorturePlan.Target(store, servers, chosen == null ? possible : chosen, replay(store));
    }

    private String replay(Store store) {
        String shown = store.shown();
        boolean secret = !shown.equals(store.uri()) && shown.contains("***");
        return secret
                ? "HOLDFAST_URL='(as before)' holdfast torture"
                : "holdfast torture '" + store.uri().replace("'", "'\\''") + "'";
    }

    private @Nullable Set<FaultKind> chosen() {
        String text = faults.getValue();
        if (text == null) {
            return null;
        }
        EnumSet<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (String word : text.split(",", -1)) {
            kinds.add(Arrays.stream(FaultKind.values())
                    .filter(kind -> kind.word().equals(word.strip()))
                    .findFirst()
                    .orElseThrow(() -> wrong("there is no fault '" + word.strip() + "'; there are " + WORDS)));
        }
        return kinds;
    }

    private @Nullable ServerHooks hooks() {
        String stop = stopServer.getValue();
        String start = startServer.getValue();
        if ((stop == null) != (start == null)) {
            throw wrong("--stop-server and --start-server belong together");
        }
        return stop == null || start == null ? null : new ServerHooks(stop, start);
    }

    /** Better now than after an hour. */
    private @Nullable ReportFile writable(OptionSpec option) {
        try {
            return ReportFile.of(option);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }
}
