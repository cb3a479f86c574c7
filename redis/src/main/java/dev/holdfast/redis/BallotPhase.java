// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

/** How far a {@link Ballot} is. */
enum BallotPhase {
    /** Nothing was asked, or all was taken back. */
    IDLE,
    /** Waits for its turn among the ballots of this client. */
    QUEUED,
    /** Waits for a moment before the next attempt. */
    PAUSED,
    /** Asks one server before the others. */
    FIRST_ONE,
    /** Asks all for their votes. */
    VOTING,
    /** Has the votes of most, and writes the fence. */
    WRITING,
    /** Was granted. */
    HELD,
    /** Was given back. */
    LEFT;

    boolean isAsking() {
        return this == FIRST_ONE || this == VOTING || this == WRITING;
    }
}
