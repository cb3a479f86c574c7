// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import dev.holdfast.cli.choice.Advice.Choice;
import dev.holdfast.cli.choice.Facts.Twice;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.console.Text;
import dev.holdfast.cli.options.RateOption;
import dev.holdfast.cli.options.Syntax;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Recommends a lock for a case, says why, and what would go wrong with the others. */
public final class ChooseCommand implements Callable<Integer> {
    private static final int WIDTH = 100;

    /** Those of the rules, which are not read when another command starts. */
    public static final String STORES =
            "h2, redis, redis-sentinel, redis-cluster, redlock, zookeeper, etcd, postgresql, mariadb, mysql, memcached";

    private @Nullable Rules loaded;
    private final OptionSpec have = OptionSpec.builder("--have")
            .paramLabel("STORES")
            .type(String[].class)
            .splitRegex(",")
            .description("What is at hand, with commas between: " + STORES + ". Threads and files are always there.")
            .build();
    private final OptionSpec machines = OptionSpec.builder("--machines")
            .paramLabel("N")
            .type(int.class)
            .description("How many machines (hosts, pods) use the lock.")
            .build();
    private final OptionSpec processes = OptionSpec.builder("--processes")
            .paramLabel("N")
            .type(int.class)
            .description("How many processes, in all. Default: one on each machine.")
            .build();
    private final OptionSpec twice = OptionSpec.builder("--twice")
            .paramLabel("COST")
            .type(Twice.class)
            .description(
                    "What it costs if two hold the lock once in a while: harmless, costly or never (it must not be).")
            .build();
    private final OptionSpec token = OptionSpec.builder("--token")
            .paramLabel("yes|no")
            .type(String.class)
            .description("Whether what is protected can refuse a write whose token is too old.")
            .build();
    private final OptionSpec rate = OptionSpec.builder("--rate")
            .paramLabel("N/s")
            .type(double.class)
            .converters(new RateOption())
            .defaultValue("1/s")
            .description("How many locks a second, in all: 5000/s, 20/min, 3/h. Default: 1/s.")
            .build();
    private final OptionSpec hold = Syntax.timeOf("--hold")
            .defaultValue("1s")
            .description("How long a lock is held. Default: 1s.")
            .build();
    private final OptionSpec ordered = Syntax.flag("--ordered", "Who came first must get the lock first.");
    private final OptionSpec clocked =
            Syntax.flag("--clocked", "A clock (cron) starts all of them at the same time, and one is to do the job.");
    private final OptionSpec table = Syntax.flag("--table", "What is protected stands in a database that is at hand.");
    private final PositionalParamSpec uris = PositionalParamSpec.builder()
            .index("0..*")
            .paramLabel("URI")
            .type(String[].class)
            .description("Stores to measure, each for three seconds with one thread and a name of its own.")
            .build();
    private final CommandSpec spec;

    public ChooseCommand() {
        spec = Syntax.command("choose", this);
        for (OptionSpec option :
                List.of(machines, processes, twice, token, have, rate, hold, ordered, clocked, table)) {
            spec.addOption(option);
        }
        spec.addPositional(uris);
        spec.usageMessage()
                .sortOptions(false)
                .customSynopsis(
                        "holdfast choose --machines N --twice COST --token yes|no [--have STORES] [OPTIONS] [URI...]")
                .description(
                        "Recommends a lock: a level, a store, options, and what it promises.",
                        "",
                        "Says what would go wrong with each that it rejects. On a terminal it asks for what is not said. The rules are"
                                + " rules of thumb; docs/choosing.md gives the reasons.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "here is advice",
                        "1",
                        "nothing at hand will do",
                        "2",
                        "the command line is wrong; nothing was done",
                        "69",
                        "a store that was to be measured cannot be reached"));
    }

    public CommandSpec spec() {
        return spec;
    }

    private Rules rules() {
        Rules rules = loaded == null ? Rules.load() : loaded;
        loaded = rules;
        return rules;
    }

    @Override
    public Integer call() throws InterruptedException {
        Questions questions = Questions.onTerminal();
        List<String> missing = List.of(machines, twice, token).stream()
                .filter(option -> option.getValue() == null)
                .map(OptionSpec::longestName)
                .toList();
        if (!missing.isEmpty() && questions == null) {
            throw wrong("say " + String.join(", ", missing) + ": there is no terminal to ask on");
        }
        Facts facts = facts(questions);
        Advice advice = rules().advise(facts);
        String[] measured = uris.getValue();
        try (Output out = Output.standard()) {
            print(advice, out);
            if (measured != null) {
                out.line("");
                for (String line :
                        Text.table(Measurement.table(List.of(measured))).lines().toList()) {
                    out.line(line);
                }
            }
        }
        return advice.chosen() == null ? ExitCodes.FAILURE : ExitCodes.OK;
    }

    private Facts facts(@Nullable Questions questions) {
        int hosts = atLeastOne(machines, questions == null ? null : questions.ask(machines, "1"));
        String each = processes.getValue() == null && questions != null ? questions.ask(processes, "" + hosts) : null;
        int all = each == null && processes.getValue() == null ? hosts : atLeastOne(processes, each);
        if (all < hosts) {
            throw wrong("--processes " + all + " are fewer than --machines " + hosts);
        }
        Twice cost = twice.getValue();
        if (cost == null && questions != null) {
            cost = questions.choose(twice, Twice.class);
        }
        String fenced = token.getValue();
        if (fenced == null && questions != null) {
            fenced = questions.ask(token, "no");
        }
        String[] stores = have.getValue();
        if (stores == null && questions != null) {
            String named = questions.ask(have, "");
            stores = named.isBlank() ? new String[0] : named.split("[, ]+", -1);
        }
        double perSecond = rate.getValue();
        Duration held = hold.getValue();
        return new Facts(
                all,
                hosts,
                perSecond,
                held,
                Objects.requireNonNull(cost),
                yes(fenced),
                ordered.getValue(),
                clocked.getValue(),
                table.getValue(),
                known(stores == null ? new String[0] : stores));
    }

    private int atLeastOne(OptionSpec option, @Nullable String answer) {
        Integer given = option.getValue();
        int number;
        try {
            number = given != null
                    ? given
                    : Integer.parseInt(String.valueOf(answer).strip());
        } catch (NumberFormatException e) {
            throw wrong(option.longestName() + ": '" + answer + "' is not a number");
        }
        if (number < 1) {
            throw wrong(option.longestName() + " must be at least 1, not " + number);
        }
        return number;
    }

    private boolean yes(@Nullable String answer) {
        return switch (String.valueOf(answer).strip().toLowerCase(Locale.ROOT)) {
            case "yes", "y", "true" -> true;
            case "no", "n", "false" -> false;
            default -> throw wrong("--token must be yes or no, not '" + answer + "'");
        };
    }

    private Set<String> known(String[] stores) {
        Set<String> named = new TreeSet<>();
        for (String store : stores) {
            String name = store.strip();
            if (!rules().names().contains(name)) {
                throw wrong("--have: '" + name + "' is none of " + STORES);
            }
            named.add(name);
        }
        return named;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void print(Advice advice, Output out) {
        Choice chosen = advice.chosen();
        if (chosen == null) {
            out.line("Nothing at hand will do.");
        } else {
            out.line("take:   " + chosen.what().name() + "   " + chosen.what().uri());
            out.line("level:  " + chosen.what().level());
            out.line("tier:   " + chosen.what().tier());
            wrapped("why:    ", chosen.reason(), out);
        }
        for (Choice option : advice.options()) {
            out.line("");
            out.line("with:   " + option.words());
            wrapped("        ", option.reason(), out);
        }
        for (String remark : advice.remarks()) {
            out.line("");
            wrapped("mind:   ", remark, out);
        }
        section("would do as well:", advice.others(), out);
        section("rejected:", advice.refused(), out);
    }

    private static void section(String title, List<Choice> choices, Output out) {
        if (!choices.isEmpty()) {
            out.line("");
            out.line(title);
            for (Choice one : choices) {
                wrapped("  " + one.words() + ": ", one.reason(), out);
            }
        }
    }

    /** Breaks a long sentence; the lines after the first begin below the eighth column. */
    private static void wrapped(String start, String text, Output out) {
        StringBuilder line = new StringBuilder(start);
        boolean fresh = true;
        for (String word : text.split(" ", -1)) {
            if (!fresh && line.length() + 1 + word.length() > WIDTH) {
                out.line(line.toString());
                line = new StringBuilder("        ");
                fresh = true;
            }
            line.append(fresh ? "" : " ").append(word);
            fresh = false;
        }
        out.line(line.toString());
    }
}
