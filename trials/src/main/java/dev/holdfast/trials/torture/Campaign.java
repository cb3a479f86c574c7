// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.Tier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Torture} of any length, in rounds: each has a crew of its own, whose history is judged and deleted before the next begins. Whatever goes wrong, what
 * was found until then is reported.
 */
public final class Campaign {
    private static final Duration LONGEST_ROUND = Duration.ofSeconds(30);
    private static final Duration LONGEST_CONTROL = Duration.ofSeconds(10);
    private static final int CONTROLS = 3;
    private static final int FAULTS_OF_CONTROL = 10;
    /** Somebody waits for the report. */
    private static final Duration HURRIED = Duration.ofSeconds(5);

    private static final Duration LONGEST_PROBE = Duration.ofSeconds(90);
    /** A history is mapped: a full disk ends its process in the middle of a store to memory. */
    private static final long LEAST_SPACE = 128L << 20;

    private static final Duration FOR_EVER = Duration.ofDays(1_000);

    private final Torture plan;
    private final BooleanSupplier stop;
    private final Consumer<Progress> listener;
    private final List<Link> links = new ArrayList<>();
    private final Ledger ledger = new Ledger();
    private final List<Fault> events = new ArrayList<>();
    private long nanos;
    private @Nullable String cutShort;

    /**
     * How far a campaign is.
     *
     * @param nanos for how long there have been faults
     * @param faults how many
     * @param sums what was counted in the rounds that are over
     */
    public record Progress(long nanos, int faults, CampaignReport.Sums sums) {}

    /**
     * What the store said before anything was done to it.
     *
     * @param tier how far it can be trusted
     * @param lease the lease that it granted; zero if locks end with their process and not before
     */
    public record Probe(Tier tier, Duration lease) {}

    /**
     * Prepares a campaign. Does no I/O.
     *
     * @param plan what to do. Its directory must exist, and is as it was at the end
     * @param stop says yes as soon as the run is to end early
     * @param listener hears of every fault
     */
    public Campaign(Torture plan, BooleanSupplier stop, Consumer<Progress> listener) {
        this.plan = plan;
        this.stop = stop;
        this.listener = listener;
    }

    /**
     * Takes a lock of a store and gives it back.
     *
     * @param uri the store
     * @param settings as in {@link Conditions}
     * @param lockName the lock
     * @return what the store said
     * @throws BackendException if it cannot be reached, or refuses
     * @throws InterruptedException if the thread is interrupted
     */
    public static Probe probe(String uri, Map<String, String> settings, String lockName) throws InterruptedException {
        try (Holdfast locks = StoreContestant.openNow(uri, settings);
                Lease lease = locks.lock(lockName).acquire(LONGEST_PROBE)) {
            Duration granted = lease.leaseTime();
            return new Probe(locks.tier(), granted.compareTo(FOR_EVER) > 0 ? Duration.ZERO : granted);
        }
    }

    /**
     * Tries the same on the known-bad lock, up to three times until it is caught.
     *
     * @return overlaps that were found; 0 if the runs prove nothing
     * @throws IOException if processes or files failed
     */
    public long control() throws IOException {
        Duration time = plan.time().dividedBy(5);
        SplittableRandom seeds = new SplittableRandom(plan.seed());
        for (int i = 0; i < CONTROLS && !stop.getAsBoolean(); i++) {
            Conditions mild = plan.conditions().ofControl(FAULTS_OF_CONTROL * (i + 1));
            Path where = Files.createDirectory(plan.directory().resolve("control"));
            try {
                Round round = plan.round(
                        mild,
                        List.of(Link.direct(plan.conditions().control())),
                        where,
                        time.compareTo(LONGEST_CONTROL) < 0 ? time : LONGEST_CONTROL,
                        seeds.nextLong(),
                        stop,
                        fault -> {});
                if (round.verdict().contractOverlaps() > 0) {
                    return round.verdict().contractOverlaps();
                }
            } finally {
                delete(where);
            }
        }
        return 0;
    }

    /**
     * Does it. The store is well again at the end, and no process is left.
     *
     * @param probe what the store said
     * @param control what was found on the known-bad lock
     * @return the report, whatever happened
     */
    public CampaignReport run(Probe probe, long control) {
        FaultTallies tallies = new FaultTallies(plan.conditions().faults(), probe.lease());
        try {
            link();
            int rounds = Math.max(1, (int) Math.ceil((double) plan.time().toMillis() / LONGEST_ROUND.toMillis()));
            SplittableRandom seeds = new SplittableRandom(plan.seed());
            for (int i = 0; i < rounds && !isOver(); i++) {
                round(plan.time().dividedBy(rounds), seeds.nextLong(), tallies);
            }
        } catch (IOException | UncheckedIOException e) {
            cutShort = message(e);
        }
        Leftovers leftovers = leftovers();
        links.forEach(Link::close);
        return new CampaignReport(
                probe.tier(),
                probe.lease(),
                Duration.ofNanos(nanos),
                control,
                ledger.sums(),
                tallies.tallies(),
                tallies.overlapsInPeace(),
                List.copyOf(events),
                ledger.takeovers(),
                ledger.findings(),
                leftovers,
                cutShort == null && stop.getAsBoolean() ? "it was interrupted" : cutShort);
    }

    private boolean isOver() {
        return cutShort != null || stop.getAsBoolean();
    }

    private void link() {
        Network network = plan.conditions().network();
        if (network == null) {
            links.add(Link.direct(plan.uri()));
            return;
        }
        for (int i = 0; i < (network.common() ? 1 : plan.processes()); i++) {
            links.add(Link.via(network));
        }
    }

    private void round(Duration time, long seed, FaultTallies tallies) throws IOException {
        Path where = Files.createDirectory(plan.directory().resolve("round"));
        List<Fault> faults = new ArrayList<>();
        try {
            Round round = plan.round(plan.conditions(), links, where, time, seed, this::isOver, fault -> {
                faults.add(fault);
                events.add(fault.since(faults.get(0).startNanos() - nanos));
                listener.accept(new Progress(
                        nanos
                                + faults.get(faults.size() - 1).endNanos()
                                - faults.get(0).startNanos(),
                        events.size(),
                        ledger.sums()));
                checkSpace(where);
            });
            add(round, tallies);
        } catch (IOException | UncheckedIOException | IllegalArgumentException | InternalError e) {
            cutShort = message(e);
            addWhatIsThere(where, faults, tallies);
        } finally {
            nanos += faults.isEmpty()
                    ? 0
                    : faults.get(faults.size() - 1).endNanos() - faults.get(0).startNanos();
            delete(where);
        }
    }

    /** What was written down until then is as true as ever. Unless that is what cannot be read: then it is the reason for which the run ends. */
    private void addWhatIsThere(Path where, List<Fault> faults, FaultTallies tallies) {
        try {
            add(Round.judge(where, plan.names(), faults, 0), tallies);
        } catch (IOException | IllegalArgumentException | InternalError e) {
            cutShort += "; nor could the last round be judged: " + message(e);
        }
    }

    private void add(Round round, FaultTallies tallies) {
        ledger.add(round);
        tallies.add(round);
    }

    private void checkSpace(Path where) {
        try {
            if (Files.getFileStore(where).getUsableSpace() < LEAST_SPACE) {
                cutShort = "the disk of " + plan.directory() + " is almost full";
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at the disk of " + plan.directory(), e);
        }
    }

    /** As its clients see it: where addresses decide which server has which lock, through the same proxies. */
    private Leftovers leftovers() {
        Network network = plan.conditions().network();
        boolean common = network != null && network.common() && !links.isEmpty();
        try {
            return Leftovers.in(
                    common ? links.get(0).uri() : plan.uri(),
                    plan.conditions(),
                    plan.names(),
                    stop.getAsBoolean() ? HURRIED : StoreContestant.LONGEST_OUTAGE);
        } catch (BackendException e) {
            return new Leftovers(List.of(), List.of(), message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Leftovers(List.of(), List.of(), "interrupted");
        }
    }

    /** What the JVM makes of a mapped page that cannot be had. */
    private static String message(Throwable e) {
        if (e instanceof InternalError) {
            return "a file of the run could not be read or written; is the disk full?";
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(directory);
    }
}
