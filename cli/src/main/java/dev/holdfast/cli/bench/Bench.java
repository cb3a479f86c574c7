// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.holdfast.Holdfast;
import dev.holdfast.cli.bench.BenchPlan.Load;
import dev.holdfast.cli.bench.BenchResult.Measured;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.console.Progress;
import dev.holdfast.cli.console.ReportFile;
import dev.holdfast.cli.console.Text;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.signals.Interruption;
import dev.holdfast.load.LimitHunt;
import dev.holdfast.load.LimitSearch;
import dev.holdfast.load.Tournament;
import dev.holdfast.load.Workspace;
import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.contender.HoldfastContender;
import dev.holdfast.load.report.Comparison;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Machine;
import dev.holdfast.load.scenario.Course;
import dev.holdfast.load.scenario.NothingMeasured;
import dev.holdfast.load.scenario.ScheduleCourse;
import dev.holdfast.load.worker.WorkerFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A run of {@code bench}: measures, and reports what there is, also when it ends early. */
final class Bench {
    private final BenchPlan plan;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final Progress progress = new Progress(System.err);
    private final List<BenchPlace> places = new ArrayList<>();
    private final List<Entrant> entrants = new ArrayList<>();
    private @Nullable Failure unwritten;
    private int steps;

    Bench(BenchPlan plan) {
        this.plan = plan;
        List<String> labels = new ArrayList<>();
        for (Store store : plan.stores()) {
            BenchPlace place = new BenchPlace(store, "holdfast-bench-" + run);
            String shown = Text.harmless(store.shown());
            long before = labels.stream().filter(shown::equals).count();
            labels.add(shown);
            places.add(place);
            entrants.add(new Entrant(
                    new HoldfastContender(), place.uri(), shown + (before == 0 ? "" : " #" + (before + 1))));
        }
    }

    /**
     * Measures and reports.
     *
     * @return the exit code
     * @throws IllegalArgumentException if a store cannot do what was asked for, before anything is done
     */
    int run() throws IOException {
        courses().forEach(course -> entrants.forEach(course::processes));
        openAll();
        Interruption interruption = Interruption.ofThisThread();
        BenchResult result;
        int code;
        try (Workspace workspace = workspace()) {
            result = new BenchResult(
                    plan, entrants.stream().map(Entrant::label).toList(), Machine.here(workspace.directory()));
            code = measure(workspace, result, interruption);
        } finally {
            progress.clear();
            // The flag would break what is deleted and written below; the signal is remembered.
            var unused = Thread.interrupted();
            places.forEach(BenchPlace::close);
        }
        return report(result, code);
    }

    private Workspace workspace() {
        try {
            return new Workspace(null);
        } catch (IOException e) {
            throw new Failure(ExitCodes.CANNOT_CREATE, "cannot make a temporary directory", e);
        }
    }

    private List<Course> courses() {
        Load load = plan.load();
        return load != null
                ? List.of(course(load, load.rate()))
                : plan.scenarios().stream()
                        .flatMap(scenario -> scenario.levels().stream().map(scenario::course))
                        .toList();
    }

    private static ScheduleCourse course(Load load, double rate) {
        return new ScheduleCourse(rate, load.names(), load.hold());
    }

    private int measure(Workspace workspace, BenchResult result, Interruption interruption) {
        String why = null;
        int code = ExitCodes.OK;
        try {
            progress.start("bench", plan.steps());
            Load load = plan.load();
            if (load == null) {
                scenarios(workspace, result, interruption);
            } else if (load.findLimit()) {
                limits(workspace, result, load, interruption);
            } else {
                load(workspace, result, load, interruption);
            }
        } catch (WorkerFailure e) {
            why = e.getMessage();
            code = e.isOutage() ? ExitCodes.UNAVAILABLE : ExitCodes.FAILURE;
        } catch (IOException e) {
            why = "cannot use the temporary directory: " + e;
            code = ExitCodes.CANNOT_CREATE;
        } catch (InterruptedException e) {
            why = "it was interrupted";
            code = ExitCodes.FAILURE;
        }
        if (interruption.came()) { // then whatever else happened is its consequence
            why = "it was ended by signal " + (interruption.exitCode() - ExitCodes.SIGNAL);
            code = interruption.exitCode();
        }
        result.end(why);
        return code == ExitCodes.OK && !result.isGood() ? ExitCodes.FAILURE : code;
    }

    /** Before any process is started: a wrong URI, or a store that cannot be reached. */
    private void openAll() {
        for (Store store : plan.stores()) {
            try (Holdfast locks = store.open(Map.of())) {
                locks.lock("holdfast-bench");
            }
        }
    }

    private void scenarios(Workspace workspace, BenchResult result, Interruption interruption)
            throws IOException, WorkerFailure, InterruptedException {
        NothingMeasured tooSlow = null;
        for (BenchScenario scenario : plan.scenarios()) {
            int levels = scenario.levels().size();
            for (BenchScenario.Level level : scenario.levels()) {
                Watcher watcher = new Watcher(result, interruption, figures -> new Measured(scenario, level, figures));
                try {
                    new Tournament(workspace, place -> place, plan(levels), watcher)
                            .run(scenario.id(), scenario.course(level), entrants);
                } catch (NothingMeasured e) {
                    result.remark(scenario.id() + ": " + e.getMessage());
                    tooSlow = e;
                }
                save(result);
            }
        }
        if (tooSlow != null) {
            throw tooSlow;
        }
    }

    private void load(Workspace workspace, BenchResult result, Load load, Interruption interruption)
            throws IOException, WorkerFailure, InterruptedException {
        Watcher watcher = new Watcher(result, interruption, null);
        new Tournament(workspace, place -> place, plan(1), watcher).run("load", course(load, load.rate()), entrants);
    }

    private void limits(Workspace workspace, BenchResult result, Load load, Interruption interruption)
            throws IOException, WorkerFailure, InterruptedException {
        Tournament.Plan trial = new Tournament.Plan(1, plan.duration(), plan.warmUp(), List.of(), prefix());
        for (Entrant entrant : entrants) {
            LimitSearch search = new LimitHunt(workspace, rate -> course(load, rate), trial, new LimitHunt.Judge() {
                        private double rate;

                        @Override
                        public void begins(double wanted, int number) {
                            rate = wanted;
                            interruption.repeat();
                            progress.show(number, entrant.label() + ", " + BenchTrial.perSecond(wanted));
                        }

                        @Override
                        public boolean holds(Figures figures) {
                            BenchTrial one = BenchTrial.of(entrant.label(), rate, figures, load.p99());
                            result.tried(one);
                            return one.holds();
                        }
                    })
                    .run(entrant, load.rate());
            result.found(entrant.label(), search);
            save(result);
        }
    }

    private Tournament.Plan plan(int levels) {
        return new Tournament.Plan(plan.rounds(levels), plan.round(levels), plan.warmUp(), List.of(), prefix());
    }

    private String prefix() {
        // Of letters that every store can show: a name with others may be written as a hash.
        return "holdfast-bench-" + run + "-";
    }

    private int report(BenchResult result, int code) {
        save(result);
        if (!result.isEmpty()) {
            try (Output out = Output.standard()) {
                BenchText.print(result, out);
            }
        }
        String why = result.endedEarly();
        if (why != null) {
            System.err.println("holdfast: bench ended early: " + Text.harmless(why)
                    + (result.isEmpty() ? "; nothing was measured" : "; the report is partial"));
        }
        if (result.hasDefect()) {
            System.err.println("holdfast: two held a lock at the same time: see the lost updates or lost locks above");
        }
        if (unwritten != null) {
            throw unwritten;
        }
        return code;
    }

    /** Also in between, so that even a power cut leaves what was measured before. A disk that is full now may have room at the end. */
    private void save(BenchResult result) {
        unwritten = null;
        ReportFile json = plan.json();
        ReportFile html = plan.html();
        if (json != null) {
            write(
                    json,
                    () -> JSON.std
                                    .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
                                    .with(JSON.Feature.WRITE_NULL_PROPERTIES)
                                    .asString(result.json())
                            + "\n");
        }
        if (html != null) {
            write(html, () -> BenchPage.of(result).html());
        }
    }

    private interface Report {
        String text() throws IOException;
    }

    private void write(ReportFile file, Report text) {
        try {
            file.write(text.text());
        } catch (IOException e) {
            throw new IllegalStateException("a report cannot be put into words", e);
        } catch (Failure e) {
            unwritten = e;
        }
    }

    /** Shows each step, and keeps what was reached. */
    private final class Watcher implements Tournament.Watcher {
        private final BenchResult result;
        private final Interruption interruption;
        private final @Nullable Naming naming;

        Watcher(BenchResult result, Interruption interruption, @Nullable Naming naming) {
            this.result = result;
            this.interruption = interruption;
            this.naming = naming;
        }

        @Override
        public void begins(String scenario, String step, Entrant entrant) {
            interruption.repeat();
            progress.show(steps++, scenario + ", " + step + ", " + entrant.label());
        }

        @Override
        public void reached(Comparison soFar) {
            Load load = plan.load();
            if (naming != null) {
                result.reached(naming.measured(soFar));
            } else if (load != null) {
                result.carried(soFar, load);
            }
        }

        @Override
        public void remarks(String remark) {
            result.remark(remark);
        }
    }

    private interface Naming {
        Measured measured(Comparison figures);
    }
}
