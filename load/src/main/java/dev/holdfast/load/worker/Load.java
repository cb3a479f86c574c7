// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Threads that take and release locks one after the other, as fast as they get them. */
final class Load {
    private final Session session;
    private final SharedPage page;
    private final int worker;
    private final String prefix;

    Load(Session session, SharedPage page, int worker, String prefix) {
        this.session = session;
        this.page = page;
        this.worker = worker;
        this.prefix = prefix;
    }

    /** Arguments: begin and end, threads, names, and how long a lock is held. */
    Reply run(List<Long> arguments) throws Exception {
        long begin = arguments.get(0);
        long end = arguments.get(1);
        int threads = Math.toIntExact(arguments.get(2));
        int names = Math.toIntExact(arguments.get(3));
        long hold = arguments.get(4);
        List<Cycles> runners = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Cycles runner = new Cycles(begin, end, (worker * threads + i) % names, hold);
            runner.start();
            runners.add(runner);
        }
        Histogram acquire = Times.histogram();
        Histogram release = Times.histogram();
        long grants = 0;
        long sections = 0;
        for (Cycles runner : runners) {
            runner.finish(end, "round");
            acquire.add(runner.acquire);
            release.add(runner.release);
            grants += runner.grants;
            sections += runner.sections;
        }
        return new Reply()
                .with("grants", grants)
                .with("sections", sections)
                .with("acquire", acquire)
                .with("release", release);
    }

    private final class Cycles extends Runner {
        private final long begin;
        private final long end;
        private final int name;
        private final long hold;
        private final Histogram acquire = Times.histogram();
        private final Histogram release = Times.histogram();
        private long grants;
        private long sections;

        Cycles(long begin, long end, int name, long hold) {
            super("load");
            this.begin = begin;
            this.end = end;
            this.name = name;
            this.hold = hold;
        }

        @Override
        void work() throws Exception {
            Times.sleepUntil(begin);
            cycle(prefix + name, SharedPage.SECTIONS + name);
        }

        private void cycle(String lock, int counter) throws Exception {
            long asked = System.nanoTime();
            while (asked - end < 0) {
                Held held = session.acquire(lock);
                long granted = System.nanoTime();
                // Read and written with all the critical section between them: two holders at once lose a count.
                long before = page.get(counter);
                if (hold > 0) {
                    Times.spinUntil(granted + hold);
                }
                page.set(counter, before + 1);
                long releasing = System.nanoTime();
                held.release();
                long released = System.nanoTime();
                // A wait counts even if it lasted beyond the end: leaving it out would hide the longest.
                Times.record(acquire, granted - asked);
                Times.record(release, released - releasing);
                grants += granted - end < 0 ? 1 : 0;
                sections++;
                asked = released;
            }
        }
    }
}
