// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.Flow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One fault after the other, chosen at random from a seed. Every kind comes early once, and what is done to processes twice. */
final class Schedule {
    private static final int SHORT_MILLIS = 300;

    private final Crew crew;
    private final Conditions conditions;
    private final SplittableRandom random;
    private final BooleanSupplier stop;
    private final List<FaultKind> firsts = new ArrayList<>();

    Schedule(Crew crew, Conditions conditions, SplittableRandom random, BooleanSupplier stop) {
        this.crew = crew;
        this.conditions = conditions;
        this.random = random;
        this.stop = stop;
        firsts.addAll(conditions.faults());
        conditions.faults().stream().filter(FaultKind.WORKERS::contains).forEach(firsts::add);
    }

    /** Goes on until the time is over and enough was done, or somebody asks to stop. All is well again when it returns. */
    void play(Duration time, Consumer<Fault> told) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        int fewest = Math.max(conditions.fewestFaults(), firsts.size());
        for (int fault = 0; fault < fewest || System.nanoTime() - end < 0; fault++) {
            crew.rest(millis(5, 120));
            if (stop.getAsBoolean()) {
                return;
            }
            boolean first = fault < firsts.size();
            told.accept(happen(first ? firsts.get(fault) : any(), first, fault));
        }
    }

    private FaultKind any() {
        int at = random.nextInt(
                conditions.faults().stream().mapToInt(FaultKind::weight).sum());
        for (FaultKind kind : conditions.faults()) {
            at -= kind.weight();
            if (at < 0) {
                return kind;
            }
        }
        throw new AssertionError("the weights have this sum");
    }

    private long millis(int from, int to) {
        return 1_000_000L * random.nextInt(from, to);
    }

    /** Most are short; the long ones outlast a lease. */
    private long length(boolean isLong) {
        long longest = conditions.longestFault().toMillis();
        return isLong && longest > SHORT_MILLIS
                ? 1_000_000L * random.nextLong(longest / 2, longest)
                : millis(5, SHORT_MILLIS);
    }

    private Fault happen(FaultKind kind, boolean first, int number) throws IOException {
        return switch (kind) {
            case PAUSE -> pause(first);
            case KILL -> kill(first ? number > firsts.indexOf(kind) : random.nextBoolean());
            case STOP_SERVER -> stopServer();
            default -> disturb(kind, first);
        };
    }

    private Fault pause(boolean first) throws IOException {
        int victim = random.nextInt(crew.size());
        boolean two = (first || random.nextInt(5) == 0) && crew.size() > 1;
        List<Integer> victims = two ? List.of(victim, (victim + 1) % crew.size()) : List.of(victim);
        long length = length(first || random.nextInt(5) == 0);
        for (int one : victims) {
            crew.awaitReady(one);
        }
        Set<Long> pids = victims.stream().map(crew::pid).collect(Collectors.toSet());
        long start = System.nanoTime();
        crew.stop(victims, length);
        return new Fault(FaultKind.PAUSE, start, System.nanoTime(), pids);
    }

    private Fault kill(boolean stopped) throws IOException {
        int victim = random.nextInt(crew.size());
        long length = millis(1, 100);
        crew.awaitReady(victim);
        Set<Long> pids = Set.of(crew.pid(victim));
        long start = System.nanoTime();
        if (stopped) {
            crew.stopAndKill(victim, length);
        } else {
            crew.kill(victim);
        }
        return new Fault(FaultKind.KILL, start, System.nanoTime(), pids);
    }

    private Fault stopServer() throws IOException {
        long start = System.nanoTime();
        ServerHooks hooks = Objects.requireNonNull(conditions.hooks(), "the commands that stop and start a server");
        try {
            hooks.stopServer();
            crew.rest(millis(100, 100 + 2 * (int) conditions.longestFault().toMillis()));
        } finally {
            hooks.startServer();
        }
        return new Fault(FaultKind.STOP_SERVER, start, System.nanoTime(), Set.of());
    }

    /** The network of one worker or of all, to all servers or to one. */
    private Fault disturb(FaultKind kind, boolean first) {
        Network network = Objects.requireNonNull(conditions.network(), "the servers");
        int worker = random.nextInt(crew.size());
        boolean all = random.nextInt(4) == 0;
        int server = random.nextInt(network.servers().size());
        boolean everywhere = first || random.nextBoolean();
        List<FaultProxy> proxies = crew.proxies(all ? -1 : worker, everywhere ? -1 : server);
        Set<Long> pids = all || network.common() ? Set.of() : Set.of(crew.pid(worker));
        long start = System.nanoTime();
        try {
            crew.rest(play(kind, proxies, first));
        } finally {
            proxies.forEach(FaultProxy::heal);
        }
        return new Fault(kind, start, System.nanoTime(), pids);
    }

    /** Returns for how long it should go on. */
    private long play(FaultKind kind, List<FaultProxy> proxies, boolean first) {
        switch (kind) {
            case DELAY -> {
                Duration delay = Duration.ofNanos(millis(1, 150));
                Link.directions(proxies).forEach(flow -> flow.delay(delay));
                return millis(200, 2_000);
            }
            case BLACK_HOLE -> {
                flows(proxies).forEach(Flow::blackHole);
                return length(first || random.nextInt(4) == 0);
            }
            case STALL -> {
                flows(proxies).forEach(Flow::stall);
                return length(first || random.nextInt(4) == 0);
            }
            case CUT -> {
                boolean after = random.nextBoolean();
                int frame = random.nextInt(1, 10);
                boolean requests = random.nextBoolean();
                for (FaultProxy proxy : proxies) {
                    Flow flow = requests ? proxy.requests() : proxy.replies();
                    if (after) {
                        flow.cutAfter(frame);
                    } else {
                        flow.cutBefore(frame);
                    }
                }
                return millis(20, SHORT_MILLIS);
            }
            default -> {
                proxies.forEach(FaultProxy::reset);
                return millis(1, 50);
            }
        }
    }

    /** Both directions, or only one: then requests are carried out whose replies nobody gets. */
    private Stream<Flow> flows(List<FaultProxy> proxies) {
        return switch (random.nextInt(4)) {
            case 0 -> proxies.stream().map(FaultProxy::replies);
            case 1 -> proxies.stream().map(FaultProxy::requests);
            default -> Link.directions(proxies);
        };
    }
}
