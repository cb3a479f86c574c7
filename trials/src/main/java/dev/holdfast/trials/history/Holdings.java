// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import dev.holdfast.trials.history.History.ProcessHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who held what and when, put together from the operations of a history.
 *
 * @param holds the holds of each lock, by its name
 * @param uses what its resource was asked for, by its name
 */
public record Holdings(Map<String, List<Hold>> holds, Map<String, List<LockVerdict.Use>> uses) {
    /**
     * Puts the holds of a history together.
     *
     * @param history what was written down
     * @return its holds
     * @throws IllegalArgumentException if the history contradicts itself, so that nothing can be concluded from it
     */
    public static Holdings of(History history) {
        Map<Long, Long> killed = new HashMap<>();
        for (Operation kill : history.operations(Kind.KILLED)) {
            killed.merge(kill.subject(), kill.callNanos(), Math::min);
        }
        Holdings holdings = new Holdings(new TreeMap<>(), new HashMap<>());
        for (ProcessHistory process : history.processes()) {
            holdings.collect(process, killed.getOrDefault(process.pid(), Long.MAX_VALUE));
        }
        return holdings;
    }

    private void collect(ProcessHistory process, long killed) {
        Map<Integer, OpenHold> open = new HashMap<>();
        for (Operation operation : process.operations()) {
            boolean acquires = operation.kind() == Kind.ACQUIRE || operation.kind() == Kind.TRY;
            if (acquires && operation.outcome() == Outcome.OK) {
                open.put(operation.slot(), new OpenHold(operation));
            }
        }
        for (Operation operation : process.operations()) {
            if (operation.hold() == 0) {
                continue;
            }
            OpenHold hold = open.get(operation.hold());
            if (hold == null) {
                throw new IllegalArgumentException("belongs to no acquisition that was granted: " + operation);
            }
            hold.add(operation);
            if (operation.kind() == Kind.USE) {
                uses.computeIfAbsent(operation.lockName(), name -> new ArrayList<>())
                        .add(new LockVerdict.Use(operation, hold.acquired.token()));
            }
        }
        open.values()
                .forEach(hold -> holds.computeIfAbsent(hold.acquired.lockName(), name -> new ArrayList<>())
                        .add(hold.closed(killed)));
    }

    /** A hold whose operations are being collected. */
    private static final class OpenHold {
        private final Operation acquired;
        private long released = Long.MAX_VALUE;
        private long lost = Long.MAX_VALUE;
        private long lastSeen;
        private long validUntil;

        private OpenHold(Operation acquired) {
            this.acquired = acquired;
            this.lastSeen = acquired.returnNanos();
            this.validUntil = acquired.validUntilNanos();
        }

        void add(Operation operation) {
            switch (operation.kind()) {
                case RELEASE -> released = Math.min(released, operation.callNanos());
                case LOST -> lost = Math.min(lost, operation.callNanos());
                case HELD -> held(operation);
                case USE -> lastSeen = Math.max(lastSeen, operation.callNanos());
                default -> throw new IllegalArgumentException("cannot belong to a hold: " + operation);
            }
        }

        /** A yes proves that the lease was valid when it was asked for, and tells how long it goes on. */
        private void held(Operation operation) {
            lastSeen = Math.max(lastSeen, operation.callNanos());
            if (operation.outcome() == Outcome.OK) {
                validUntil = Math.max(validUntil, Math.max(operation.callNanos(), operation.validUntilNanos()));
            }
        }

        Hold closed(long killed) {
            return new Hold(acquired, released, lost, killed, lastSeen, validUntil);
        }
    }
}
