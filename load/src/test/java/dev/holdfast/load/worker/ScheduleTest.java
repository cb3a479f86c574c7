// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waits are counted from the schedule, and not from when somebody came to it. */
final class ScheduleTest {
    private static final long TIME = TimeUnit.SECONDS.toNanos(1);
    private static final int WANTED = 200;

    @TempDir
    private Path directory;

    private interface Acquiring {
        void run() throws InterruptedException;
    }

    /** One thread, one name: whoever measured from his own call would see one wait and no more. */
    private Reply run(Acquiring acquiring) throws Exception {
        Session session = new Session() {
            @Override
            public Held acquire(String name) throws InterruptedException {
                acquiring.run();
                return () -> {};
            }

            @Override
            public void close() {}
        };
        long begin = System.nanoTime();
        return new Schedule(session, SharedPage.map(directory.resolve("page"), 1), 0, "test-")
                .run(List.of(begin, begin + TIME, TIME / WANTED, 1L, 1L, 1L, 0L));
    }

    @Test
    void lockThatStallsOnce_showsInAllThatWasDueMeanwhile() throws Exception {
        AtomicBoolean stalled = new AtomicBoolean();
        Reply reply = run(() -> {
            if (!stalled.getAndSet(true)) {
                TimeUnit.MILLISECONDS.sleep(300);
            }
        });
        Histogram latency = reply.histogram("latency");
        // 60 of 200 were due in that time; from call to return it was one.
        long millis = Duration.ofNanos(latency.getValueAtPercentile(99)).toMillis();
        assertThat(millis).isGreaterThanOrEqualTo(200);
        long slow = latency.getCountBetweenValues(TimeUnit.MILLISECONDS.toNanos(100), latency.getMaxValue());
        assertThat(slow).isGreaterThanOrEqualTo(30);
        assertThat(reply.number("granted")).isLessThanOrEqualTo(WANTED);
    }

    @Test
    void rateThatCannotBeReached_isSeenInWhatWasNotBegun() throws Exception {
        Reply reply = run(() -> TimeUnit.MILLISECONDS.sleep(20));
        assertThat(reply.number("granted")).isBetween(1L, 50L);
        assertThat(reply.number("notBegun")).isGreaterThanOrEqualTo(WANTED - 60L);
        // None of the schedule is left out of the waits.
        assertThat(reply.histogram("latency").getTotalCount()).isEqualTo(WANTED);
    }
}
