// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.Tier;
import dev.holdfast.cli.console.Text;
import dev.holdfast.trials.torture.CampaignReport;
import dev.holdfast.trials.torture.FaultTally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a torture found, in tables and sentences. */
final class TortureText {
    private final TorturePlan plan;

    TortureText(TorturePlan plan) {
        this.plan = plan;
    }

    List<String> control(long caught) {
        return List.of(
                caught > 0
                        ? "The control was caught: " + Text.count(caught)
                                + " overlaps of a lock that asks for no owner, under pauses and kills alone."
                        : "THE CONTROL WAS NOT CAUGHT: a lock that is known to be bad passed, so this run proves nothing.");
    }

    List<String> of(TortureRun.Result result) {
        CampaignReport report = result.report();
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(title(result));
        if (report.cutShort() != null) {
            lines.add("PARTIAL: " + Text.harmless(report.cutShort()));
        }
        lines.add("");
        lines.addAll(Text.table(faults(report)).lines().toList());
        lines.add("");
        lines.addAll(Text.table(verdicts(report)).lines().toList());
        lines.add("");
        lines.addAll(sentences(result));
        return lines;
    }

    static String title(TortureRun.Result result) {
        CampaignReport report = result.report();
        return Text.harmless(result.target().store().shown()) + ": tier " + report.tier() + ", leases: "
                + lease(report) + ", " + report.time().toSeconds() + " s, "
                + Text.count(report.events().size()) + " faults, "
                + Text.count(report.sums().holds()) + " grants";
    }

    /** How long a lock outlives its holder. */
    static String lease(CampaignReport report) {
        return report.lease().isZero()
                ? "as long as the process"
                : Text.time(report.lease().toNanos());
    }

    /** A row for each kind of fault. */
    static List<List<String>> faults(CampaignReport report) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("fault", "done", "to a holder", "overlaps", "raw overlaps"));
        for (FaultTally fault : report.faults()) {
            rows.add(List.of(
                    fault.kind().label(),
                    Text.count(fault.done()),
                    Text.count(fault.holders()),
                    Text.count(fault.overlaps()),
                    Text.count(fault.rawOverlaps())));
        }
        if (report.overlapsInPeace() > 0) {
            rows.add(List.of("none of these", "-", "-", Text.count(report.overlapsInPeace()), "-"));
        }
        return rows;
    }

    /** A row for each verdict. */
    static List<List<String>> verdicts(CampaignReport report) {
        CampaignReport.Sums sums = report.sums();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("verdict", "found", "must be"));
        rows.add(List.of("exclusion by contract: overlaps", Text.count(sums.overlaps()), allowed(report)));
        rows.add(List.of(
                "tokens fallen / given twice",
                Text.count(sums.tokenFalls()) + " / " + Text.count(sums.tokenRepeats()),
                "0 / 0"));
        rows.add(List.of("at the resource: stale writes accepted", Text.count(sums.staleWrites()), "0"));
        rows.add(List.of("raw: overlaps of holds that nobody cut", Text.count(sums.rawOverlaps()), "-"));
        rows.add(List.of("stale writes refused by their tokens", Text.count(sums.refused()), "-"));
        rows.add(List.of("updates that went lost, at least", Text.count(sums.lostUpdates()), "-"));
        rows.add(List.of(
                "locks nobody could get / left held at the end",
                report.leftovers().unknown() == null
                        ? report.leftovers().stuck().size() + " / "
                                + report.leftovers().held().size()
                        : "unknown",
                "0 / 0"));
        rows.add(List.of("requests that the store failed", Text.count(sums.outages()), "-"));
        rows.add(List.of("fairness: Jain's index", String.format(Locale.ROOT, "%.3f", sums.jain()), "-"));
        rows.add(List.of("later arrivals that went first, at most", Text.count(sums.mostBypassed()), "-"));
        return rows;
    }

    private static String allowed(CampaignReport report) {
        return report.tier() == Tier.L ? "0" : "0 but after a stopped server";
    }

    List<String> sentences(TortureRun.Result result) {
        CampaignReport report = result.report();
        List<String> lines = new ArrayList<>();
        lines.add(takeovers(report));
        if (result.target().leftOut() != null && plan.chosen() == null) {
            lines.add("The network was left alone: " + result.target().leftOut() + ".");
        }
        if (report.leftovers().unknown() != null) {
            lines.add("What is left in the store is not known: "
                    + Text.harmless(report.leftovers().unknown()));
        }
        for (String stuck : report.leftovers().stuck()) {
            lines.add("Nobody could get this lock at the end: " + Text.harmless(stuck));
        }
        for (String held : report.leftovers().held()) {
            lines.add("Still held at the end: " + Text.harmless(held));
        }
        report.findings().forEach(found -> lines.add("  " + Text.harmless(found)));
        lines.add(conclusion(report));
        if (report.conclusion() != CampaignReport.Conclusion.KEPT) {
            lines.add("The same again: " + plan.replay(result.target()));
        }
        return lines;
    }

    static String takeovers(CampaignReport report) {
        List<Duration> takeovers = report.takeovers();
        if (takeovers.isEmpty()) {
            return "Nobody was seen to follow a killed holder, so there is no time for that.";
        }
        String followed = "A killed holder was followed " + Text.count(takeovers.size()) + " times, after "
                + Text.time(takeovers.get(takeovers.size() / 2).toNanos()) + " (median), "
                + Text.time(takeovers.get(takeovers.size() - 1).toNanos()) + " at most";
        if (report.lease().isZero()) {
            return followed + ".";
        }
        long late = takeovers.stream()
                .filter(takeover -> takeover.compareTo(report.lease()) > 0)
                .count();
        return followed + "; " + Text.count(late) + " times after more than the lease of " + lease(report) + ".";
    }

    static String conclusion(CampaignReport report) {
        return switch (report.conclusion()) {
            case KEPT -> "KEPT: what a store of tier " + report.tier() + " promises was kept.";
            case KEPT_AS_ITS_TIER_ALLOWS ->
                "TIER E: " + Text.count(report.allowedOverlaps())
                        + " times a second holder came after a server was stopped. That is what this tier allows: the store forgot who"
                        + " held the lock. No stale write was accepted by the resource that checks tokens.";
            case BROKEN -> "BROKEN: " + String.join("; ", broken(report)) + ".";
            case PROVES_NOTHING -> "This run proves nothing: " + missing(report) + ".";
        };
    }

    static List<String> broken(CampaignReport report) {
        CampaignReport.Sums sums = report.sums();
        List<String> broken = new ArrayList<>();
        if (report.forbiddenOverlaps() > 0) {
            broken.add("exclusion by contract, " + Text.count(report.forbiddenOverlaps())
                    + " overlaps of leases that were valid"
                    + (report.tier() == Tier.E ? ", without a server that this run had stopped" : ""));
        }
        if (sums.tokenFalls() > 0) {
            broken.add("fencing, " + Text.count(sums.tokenFalls()) + " tokens fell");
        }
        if (sums.tokenRepeats() > 0) {
            broken.add("fencing, " + Text.count(sums.tokenRepeats()) + " tokens were given twice");
        }
        if (sums.staleWrites() > 0) {
            broken.add("at the resource, " + Text.count(sums.staleWrites()) + " stale writes were accepted");
        }
        if (!report.leftovers().stuck().isEmpty() || !report.leftovers().held().isEmpty()) {
            broken.add("leaks, locks that did not come free");
        }
        return broken;
    }

    private static String missing(CampaignReport report) {
        if (report.control() == 0) {
            return "its control was not caught";
        }
        if (report.cutShort() != null) {
            return "it was cut short";
        }
        if (report.leftovers().unknown() != null) {
            return "the store could not be asked at the end";
        }
        return report.sums().holds() == 0 ? "no lock was ever granted" : "not every kind of fault was done";
    }
}
