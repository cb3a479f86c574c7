// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import dev.holdfast.trials.history.History.ProcessHistory;
import java.util.ArrayList;
import java.util.List;

/** A history written by hand: every hold is in a process of its own. */
final class MadeHistory {
    private final List<MadeHold> holds = new ArrayList<>();
    private final List<Operation> faults = new ArrayList<>();

    /** A hold that was asked for at {@code called} and returned at {@code granted}. */
    MadeHold hold(long called, long granted, long token) {
        MadeHold hold = new MadeHold(holds.size() + 1, called, granted, token);
        holds.add(hold);
        return hold;
    }

    Verdict verdict() {
        List<ProcessHistory> processes = new ArrayList<>();
        for (MadeHold hold : holds) {
            processes.add(new ProcessHistory(hold.pid, hold.operations(), 0));
            if (hold.killed != Long.MAX_VALUE) {
                faults.add(new Operation(
                        99, 1, 1, Kind.KILLED, "", 0, hold.pid, hold.killed, hold.killed + 1, Outcome.OK, 0, 0));
            }
        }
        processes.add(new ProcessHistory(99, faults, 0));
        return Verdict.of(new History(processes));
    }

    static final class MadeHold {
        final long pid;
        long called;
        long granted;
        long token;
        long validUntil = Long.MAX_VALUE;
        long released = Long.MAX_VALUE;
        long killed = Long.MAX_VALUE;
        private final List<Operation> later = new ArrayList<>();

        private MadeHold(long pid, long called, long granted, long token) {
            this.pid = pid;
            this.called = called;
            this.granted = granted;
            this.token = token;
        }

        MadeHold validUntil(long stamp) {
            validUntil = stamp;
            return this;
        }

        MadeHold released(long stamp) {
            released = stamp;
            return this;
        }

        MadeHold killed(long stamp) {
            killed = stamp;
            return this;
        }

        MadeHold lost(long stamp) {
            return later(Kind.LOST, stamp, stamp, Outcome.OK, Long.MIN_VALUE);
        }

        MadeHold held(long called, long returned, long until) {
            return later(Kind.HELD, called, returned, Outcome.OK, until);
        }

        MadeHold used(long called, long returned, Outcome outcome) {
            return later(Kind.USE, called, returned, outcome, Long.MIN_VALUE);
        }

        private MadeHold later(Kind kind, long called, long returned, Outcome outcome, long until) {
            later.add(new Operation(pid, 1, later.size() + 3, kind, "lock", 1, 0, called, returned, outcome, 0, until));
            return this;
        }

        private List<Operation> operations() {
            List<Operation> all = new ArrayList<>();
            all.add(new Operation(
                    pid, 1, 1, Kind.ACQUIRE, "lock", 0, 0, called, granted, Outcome.OK, token, validUntil));
            if (released != Long.MAX_VALUE) {
                all.add(new Operation(
                        pid, 1, 2, Kind.RELEASE, "lock", 1, 0, released, released + 1, Outcome.OK, 0, Long.MIN_VALUE));
            }
            all.addAll(later);
            return all;
        }
    }
}
