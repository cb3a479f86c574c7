// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.console.Progress;
import dev.holdfast.cli.console.ReportFile;
import dev.holdfast.cli.console.Surroundings;
import dev.holdfast.cli.console.Text;
import dev.holdfast.load.report.Machine;
import dev.holdfast.trials.torture.Campaign;
import dev.holdfast.trials.torture.CampaignReport;
import dev.holdfast.trials.torture.Conditions;
import dev.holdfast.trials.torture.FaultKind;
import dev.holdfast.trials.torture.Network;
import dev.holdfast.trials.torture.Torture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Tortures one store after the other, and says what came of it. */
final class TortureRun {
    private static final int PROCESSES = 4;
    private static final int THREADS = 4;
    private static final int LOCKS = 3;
    /** What ends with its process does not expire, so longer ones would show nothing more. */
    private static final Duration LONGEST_WITHOUT_EXPIRY = Duration.ofMillis(300);

    private static final Duration LONGEST_LEASE = Duration.ofSeconds(30);

    private final TorturePlan plan;
    private final String control;
    private final Progress progress = new Progress(System.err);
    private final List<Result> results = new ArrayList<>();

    /**
     * What became of one store.
     *
     * @param target the store
     * @param report what was found
     */
    record Result(TorturePlan.Target target, CampaignReport report) {}

    TortureRun(TorturePlan plan) {
        this(plan, Conditions.KNOWN_BAD);
    }

    /** With another control, for the test that a run whose control is not caught proves nothing. */
    TortureRun(TorturePlan plan, String control) {
        this.plan = plan;
        this.control = control;
    }

    int run() throws IOException, InterruptedException {
        // Drivers complain of every fault, each in its own words. Read when the first of them does.
        System.setProperty("java.util.logging.config.file", "/dev/null");
        List<Campaign.Probe> probes = new ArrayList<>();
        String prefix = prefix();
        for (TorturePlan.Target target : plan.targets()) {
            // Before anything is made or started: a wrong URI or an unreachable server.
            probes.add(Campaign.probe(target.store().uri(), settings(), prefix + "probe"));
        }
        try (TortureWorkplace place = new TortureWorkplace()) {
            Surroundings surroundings = Surroundings.of(Machine.here(place.directory()));
            progress.start("the control, a lock that is known to be bad", -1);
            long caught = new Campaign(torture(0, probes.get(0), prefix, place), place::isEnding, done -> {}).control();
            for (int i = 0; i < plan.targets().size() && !place.isEnding(); i++) {
                results.add(torture(i, probes.get(i), caught, prefix, place));
            }
            progress.clear();
            conclude(caught, surroundings);
            return exitCode(place.signal());
        }
    }

    private Result torture(int number, Campaign.Probe probe, long caught, String prefix, TortureWorkplace place) {
        TorturePlan.Target target = plan.targets().get(number);
        String shown = Text.harmless(target.store().shown());
        progress.start(shown, plan.time().toSeconds());
        CampaignReport report = new Campaign(
                        torture(number, probe, prefix, place),
                        place::isEnding,
                        done -> progress.show(
                                done.nanos() / 1_000_000_000L,
                                "seconds, " + Text.count(done.faults()) + " faults, "
                                        + Text.count(done.sums().holds()) + " grants judged, "
                                        + Text.count(done.sums().overlaps()) + " overlaps"))
                .run(probe, caught);
        return new Result(target, report);
    }

    private Torture torture(int number, Campaign.Probe probe, String prefix, TortureWorkplace place) {
        TorturePlan.Target target = plan.targets().get(number);
        Duration longest = longestFault(probe.lease());
        Network network = Collections.disjoint(target.faults(), FaultKind.NETWORK)
                ? null
                : target.servers().network();
        return new Torture(
                target.store().uri(),
                place.directory(),
                plan.time(),
                PROCESSES,
                THREADS,
                LOCKS,
                plan.seed(),
                new Conditions(
                        target.faults(), 0, longest, longest, prefix, settings(), network, plan.hooks(), control));
    }

    /** A store that grants leases of hours cannot be waited for. */
    private static Duration longestFault(Duration lease) {
        if (lease.isZero()) {
            return LONGEST_WITHOUT_EXPIRY;
        }
        return lease.compareTo(LONGEST_LEASE) > 0
                ? LONGEST_LEASE
                : lease.multipliedBy(3).dividedBy(2);
    }

    /** So that nobody else's locks are touched, not even those of an earlier run. */
    private static String prefix() {
        return "torture-" + Long.toString(new SplittableRandom().nextLong(1L << 40), 36) + "-";
    }

    private Map<String, String> settings() {
        return Map.of("HOLDFAST_LEASE_TIME", plan.lease().toMillis() + "ms");
    }

    private void conclude(long caught, Surroundings surroundings) throws IOException {
        TortureText text = new TortureText(plan);
        try (Output out = Output.standard()) {
            text.control(caught).forEach(out::line);
            for (Result result : results) {
                text.of(result).forEach(out::line);
            }
        }
        ReportFile json = plan.json();
        if (json != null) {
            json.write(new TortureJson(plan, surroundings).of(caught, results));
        }
        ReportFile html = plan.html();
        if (html != null) {
            html.write(new TorturePage(plan, surroundings).of(caught, results));
        }
    }

    /** A broken promise counts most. */
    private int exitCode(int signal) {
        if (has(CampaignReport.Conclusion.BROKEN)) {
            return ExitCodes.FAILURE;
        }
        if (signal != 0) {
            return ExitCodes.SIGNAL + signal;
        }
        return has(CampaignReport.Conclusion.PROVES_NOTHING) ? ExitCodes.PROVES_NOTHING : ExitCodes.OK;
    }

    private boolean has(CampaignReport.Conclusion conclusion) {
        return results.stream().anyMatch(result -> result.report().conclusion() == conclusion);
    }
}
