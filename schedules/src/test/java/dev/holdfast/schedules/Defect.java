// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules;

import dev.holdfast.schedules.scene.Race;

/** Places where a transition of the queue could let go of the mutex between looking and acting, as a careless change might. */
enum Defect {
    CANCELS_WHAT_WAS_GRANTED_MEANWHILE("cancel", "answer", Race.CANCEL_AGAINST_GRANT),
    TIMES_OUT_WHAT_WAS_GRANTED_MEANWHILE("decideAtDeadline", "answer", Race.GRANT_OF_THE_STORE_AGAINST_TIMEOUT),
    RELEASES_WHAT_WAS_LOST_MEANWHILE("endTurn", "claim", Race.RELEASE_AGAINST_LOSS),
    ENTERS_WHAT_WAS_CLOSED_MEANWHILE("enter", "takeAtOnce", Race.CLOSE_AGAINST_ACQUIRE);

    static final String QUEUE = "dev/holdfast/internal/engine/LocalQueue";

    private final String method;

    /** The method whose call the mutex is let go before. */
    final String before;

    final Race caughtBy;

    Defect(String method, String before, Race caughtBy) {
        this.caughtBy = caughtBy;
        this.method = method;
        this.before = before;
    }

    boolean isIn(String className, String methodName) {
        return className.equals(QUEUE) && methodName.equals(method);
    }
}
