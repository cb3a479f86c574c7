// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.internal.engine.Platform;

/** An alarm that rings when it is told to. */
@SuppressWarnings("exports") // The engine is open to the testkit only, and so are the tests that need this.
public final class Bell implements Platform.Alarm {
    private final ManualTime time;
    private final String name;
    private final ManualClock clock;
    private final Runnable ring;
    private volatile long atNanos = Long.MAX_VALUE;

    Bell(ManualTime time, String name, ManualClock clock, Runnable ring) {
        this.time = time;
        this.name = name;
        this.clock = clock;
        this.ring = ring;
    }

    @Override
    public void set(long newAtNanos) {
        atNanos = newAtNanos;
    }

    @Override
    public void end() {
        atNanos = Long.MAX_VALUE;
        time.remove(this);
    }

    /**
     * When it is due.
     *
     * @return true time, or {@link Long#MAX_VALUE} if it is not set
     */
    public long dueNanos() {
        long at = atNanos;
        return at == Long.MAX_VALUE ? Long.MAX_VALUE : clock.trueTimeOf(at);
    }

    /** Rings it now, on this thread, whether it is due or not. It is not set any more then, unless the ringing sets it. */
    public void ring() {
        atNanos = Long.MAX_VALUE;
        ring.run();
    }

    @Override
    public String toString() {
        return "ring " + name;
    }
}
