// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

/** What can be wrong with a store, its backend or its client: one thing at a time. */
enum Defect {
    NONE("none (control)"),
    QUORUM_OF_MAJORITY("none, quorum of n/2 + 1 (control)"),
    EVERYONE_IS_GRANTED("everyone is granted"),
    RELEASE_IGNORES_OWNER("release ignores the owner"),
    RENEW_ALWAYS_SAYS_YES("renew always says yes"),
    DEADLINE_FROM_REPLY("the deadline counts from the reply instead of the request"),
    CONSTANT_TOKEN("a constant token"),
    WITHDRAW_DOES_NOTHING("withdraw does nothing"),
    WAKE_UP_BY_MESSAGE_ONLY("wake-up by message only"),
    LATE_WAITER_WINS("a waiter wins after its own lease expired"),
    RENEW_WITHOUT_OWNER_CHECK("renewal without owner check"),
    RETRY_MAKES_SECOND_HOLDER("a retry that makes a second holder"),
    COUNTER_RESTARTS("a counter that restarts after a purge"),
    HELD_AFTER_RELEASE("isHeld() is true after the release was sent"),
    QUORUM_OF_HALF("a quorum of n/2");

    private final String title;

    Defect(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isControl() {
        return this == NONE || this == QUORUM_OF_MAJORITY;
    }
}
