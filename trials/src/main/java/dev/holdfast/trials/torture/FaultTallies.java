// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.Findings;
import dev.holdfast.trials.history.Hold;
import dev.holdfast.trials.history.LockVerdict;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts for each kind of fault what was seen. A fault is felt until a lease after its end, and an overlap counts for the fault that began last among those that
 * are felt; but for a stopped server first, because elections and restarts take their time, and whatever else happens meanwhile cannot lose a record.
 */
final class FaultTallies {
    private static final Duration ELECTION = Duration.ofSeconds(15);

    private static final long SHORTEST_NANOS = 1_000_000_000;

    private final long leaseNanos;
    private final Map<FaultKind, long[]> counts = new EnumMap<>(FaultKind.class);
    private long overlapsInPeace;

    FaultTallies(Set<FaultKind> kinds, Duration lease) {
        leaseNanos = Math.max(lease.toNanos(), SHORTEST_NANOS);
        kinds.forEach(kind -> counts.put(kind, new long[4]));
    }

    void add(Round round) {
        List<Hold> holds =
                round.holdings().holds().values().stream().flatMap(List::stream).toList();
        for (Fault fault : round.faults()) {
            long[] of = of(fault.kind());
            of[0]++;
            if (holds.stream().anyMatch(hold -> hits(fault, hold))) {
                of[1]++;
            }
        }
        for (LockVerdict lock : round.verdict().locks()) {
            overlapsInPeace += count(lock.contract(), round.faults(), 2);
            count(lock.raw(), round.faults(), 3);
        }
    }

    private long[] of(FaultKind kind) {
        return counts.computeIfAbsent(kind, any -> new long[4]);
    }

    private static boolean hits(Fault fault, Hold hold) {
        if (!fault.hit(hold.acquired().pid())) {
            return false;
        }
        return switch (fault.kind()) {
            case KILL -> hold.diedHolding();
            case PAUSE -> {
                // It takes a moment until the process stands still, and it goes on a moment before the fault is over.
                long middle = fault.startNanos() + (fault.endNanos() - fault.startNanos()) / 2;
                yield hold.start() < middle && hold.rawEnd() > middle;
            }
            default -> hold.start() < fault.endNanos() && hold.rawEnd() > fault.startNanos();
        };
    }

    /** Returns how many were not near any fault. */
    private long count(Findings<Hold> overlaps, List<Fault> faults, int column) {
        long inPeace = overlaps.count() - overlaps.kept().size();
        for (Findings.Pair<Hold> pair : overlaps.kept()) {
            Fault cause = cause(faults, pair.second().start());
            if (cause == null) {
                inPeace++;
            } else {
                of(cause.kind())[column]++;
            }
        }
        return inPeace;
    }

    private @Nullable Fault cause(List<Fault> faults, long at) {
        Fault cause = null;
        for (Fault fault : faults) {
            boolean server = fault.kind() == FaultKind.STOP_SERVER;
            long felt = fault.endNanos() + leaseNanos + (server ? ELECTION.toNanos() : 0);
            boolean goesFirst = cause == null || server || cause.kind() != FaultKind.STOP_SERVER;
            if (fault.startNanos() <= at && at <= felt && goesFirst) {
                cause = fault;
            }
        }
        return cause;
    }

    List<FaultTally> tallies() {
        return counts.entrySet().stream()
                .map(of -> new FaultTally(
                        of.getKey(), of.getValue()[0], of.getValue()[1], of.getValue()[2], of.getValue()[3]))
                .toList();
    }

    /** Overlaps by contract while no fault was felt. */
    long overlapsInPeace() {
        return overlapsInPeace;
    }
}
