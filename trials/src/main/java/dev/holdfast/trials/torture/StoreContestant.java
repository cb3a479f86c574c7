// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.ReleaseResult;
import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedCall;
import dev.holdfast.trials.history.RecordedHold;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The locks of a store. */
final class StoreContestant implements Contestant {
    static final Duration LONGEST_OUTAGE = Duration.ofSeconds(50);
    private static final long PAUSE_NANOS = 50_000_000;

    private final Holdfast locks;

    StoreContestant(String uri) {
        locks = open(uri, Map.of(), LONGEST_OUTAGE);
    }

    static Holdfast openNow(String uri, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(settings);
        return Holdfast.builder().uri(uri).environment(environment).open();
    }

    /** A client may be opened while the store is tortured too. */
    static Holdfast open(String uri, Map<String, String> settings, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return openNow(uri, settings);
            } catch (BackendException e) {
                if (!e.isTransient() || System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS); // a server that is down refuses at once
            }
        }
    }

    @Override
    public @Nullable Held acquire(HistoryRecorder recorder, String name, Duration timeout) throws InterruptedException {
        RecordedCall call = timeout.isZero() ? recorder.trying(name) : recorder.acquiring(name);
        Lease lease;
        try {
            lease = timeout.isZero()
                    ? locks.lock(name).tryAcquire()
                    : locks.lock(name).tryAcquire(timeout);
        } catch (BackendException | InterruptedException e) {
            call.unknown();
            throw e;
        }
        if (lease == null) {
            call.failed();
            return null;
        }
        RecordedHold recorded = call.granted(lease);
        lease.whenLost().thenRun(recorded::lost);
        return new HeldLease(lease, recorded);
    }

    private record HeldLease(Lease lease, RecordedHold recorded) implements Held {
        @Override
        public long token() {
            return lease.token();
        }

        @Override
        public boolean isHeld() {
            return recorded.isHeld(lease);
        }

        @Override
        public void release() {
            RecordedCall call = recorded.releasing();
            if (lease.release() == ReleaseResult.UNCONFIRMED) {
                call.unknown();
            } else {
                call.done();
            }
        }
    }
}
