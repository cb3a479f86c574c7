// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender;

import dev.holdfast.load.contender.Contender;
import dev.holdfast.load.contender.Session;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** A lock whose store says how much it had to do: 1000 requests whenever it is asked. A place that says why makes it unreachable. */
public final class Telling implements Contender {
    private static final AtomicLong ASKED = new AtomicLong();

    @Override
    public String id() {
        return "telling";
    }

    @Override
    public String summary() {
        return "tells its requests";
    }

    @Override
    public String defaultPlace() {
        return "";
    }

    @Override
    public boolean excludesProcesses(String place) {
        return false;
    }

    @Override
    public Session open(String place) {
        if (!place.isEmpty()) {
            throw new IllegalStateException("cannot reach the store: " + place);
        }
        return new ReentrantLockContender().open("unfair");
    }

    @Override
    public OptionalLong requestsServed(String place) {
        return OptionalLong.of(1000 * ASKED.incrementAndGet());
    }
}
