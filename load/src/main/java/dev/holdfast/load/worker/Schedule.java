// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Locks that are wanted at the times of a schedule, whether or not those before were granted by then. A wait is counted from the time on the
 * schedule: when a lock stalls, all that was due meanwhile waited too, and a thread that asks again only after its answer would not see it.
 */
final class Schedule {
    /** What is due at the very end may begin a little after it. */
    private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(50);

    private final Session session;
    private final SharedPage page;
    private final int worker;
    private final String prefix;

    Schedule(Session session, SharedPage page, int worker, String prefix) {
        this.session = session;
        this.page = page;
        this.worker = worker;
        this.prefix = prefix;
    }

    /** Arguments: begin and end, nanoseconds between two of all workers, how many workers, threads, names, and how long a lock is held. */
    Reply run(List<Long> arguments) throws Exception {
        long begin = arguments.get(0);
        long end = arguments.get(1);
        int threads = Math.toIntExact(arguments.get(4));
        Plan plan = new Plan(
                begin,
                end,
                arguments.get(2),
                arguments.get(3),
                Math.toIntExact(arguments.get(5)),
                arguments.get(6),
                new AtomicLong(),
                Times.sharedHistogram());
        List<Visits> runners = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Visits runner = new Visits(plan);
            runner.start();
            runners.add(runner);
        }
        long granted = 0;
        long sections = 0;
        long notBegun = 0;
        for (Visits runner : runners) {
            runner.finish(end + plan.hold, "schedule");
            granted += runner.granted;
            sections += runner.sections;
            notBegun += runner.notBegun;
        }
        return new Reply()
                .with("granted", granted)
                .with("sections", sections)
                .with("notBegun", notBegun)
                .with("latency", plan.latency);
    }

    /** Who comes takes the next time on the schedule: {@code next} counts those of this worker, {@code gap} lies between two of all. */
    private record Plan(
            long begin, long end, long gap, long workers, int names, long hold, AtomicLong next, Histogram latency) {}

    private final class Visits extends Runner {
        private final Plan plan;
        private long granted;
        private long sections;
        private long notBegun;

        Visits(Plan plan) {
            super("schedule");
            this.plan = plan;
        }

        @Override
        void work() throws Exception {
            for (long number = number(); due(number) - plan.end < 0; number = number()) {
                Times.sleepUntil(due(number));
                long late = System.nanoTime();
                if (late - plan.end > GRACE) {
                    notBegun++;
                    // It waited for so long already; for how long it would have had to, nobody knows.
                    Times.record(plan.latency, late - due(number));
                } else {
                    take(due(number), (int) (number % plan.names));
                }
            }
        }

        private long number() {
            return plan.next.getAndIncrement() * plan.workers + worker;
        }

        private long due(long number) {
            return plan.begin + number * plan.gap;
        }

        private void take(long due, int name) throws Exception {
            int counter = SharedPage.SECTIONS + name;
            Held held = session.acquire(prefix + name);
            long now = System.nanoTime();
            long before = page.get(counter);
            Times.record(plan.latency, now - due);
            if (plan.hold > 0) {
                Times.sleepUntil(now + plan.hold);
            }
            page.set(counter, before + 1);
            held.release();
            granted += now - plan.end < 0 ? 1 : 0;
            sections++;
        }
    }
}
