// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

/** A ballot's turn among those of this client: so many at once that none gets its answers in time would help nobody. */
final class Turn {
    private final Voters voters;
    private boolean taken;

    Turn(Voters voters) {
        this.voters = voters;
    }

    /** Runs a step of the ballot when it is its turn. The step says whether the ballot still wants it. */
    void await(Mailbox mailbox, java.util.function.BooleanSupplier step) {
        voters.begin(() -> mailbox.post(() -> {
            taken = true;
            if (!step.getAsBoolean()) {
                end();
            }
        }));
    }

    /** It is over, if it was taken. */
    void end() {
        if (taken) {
            taken = false;
            voters.ended();
        }
    }
}
