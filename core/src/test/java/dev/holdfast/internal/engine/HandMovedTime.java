// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.time.Duration;
import java.util.concurrent.Executor;

/** A platform whose only alarm rings when its time is passed by hand, and whose tasks run at once. */
final class HandMovedTime implements Platform {
    private static final long SECOND = 1_000_000_000L;

    long now = Long.MAX_VALUE - 2 * SECOND - 1;
    long wallMillis = 1_000_000;
    private long alarmAt = Nanos.NEVER;
    private Runnable ring = () -> {};

    void moveInStepsOf(long step, long length) {
        for (long moved = 0; moved < length; moved += step) {
            now += step;
            wallMillis += step / 1_000_000;
            if (Nanos.isPast(alarmAt, now)) {
                alarmAt = Nanos.NEVER;
                ring.run();
            }
        }
    }

    void pass(Duration length) {
        moveInStepsOf(1_000_000, length.toNanos());
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        throw new AssertionError("nobody parks here");
    }

    @Override
    public long random(long bound) {
        return bound / 2;
    }

    @Override
    public void runWithin(Runnable task, long nanos) {
        task.run();
    }

    @Override
    public Alarm alarm(String name, Runnable toRing) {
        ring = toRing;
        return new Alarm() {
            @Override
            public void set(long atNanos) {
                alarmAt = atNanos;
            }

            @Override
            public void end() {}
        };
    }

    @Override
    public Executor executor(String name) {
        return Runnable::run;
    }
}
