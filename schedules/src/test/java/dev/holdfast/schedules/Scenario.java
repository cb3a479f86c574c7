// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules;

/** What a run does. */
@FunctionalInterface
public interface Scenario {
    /**
     * Plays threads against each other, and checks what must be true in every order of their steps.
     *
     * @param turns lets the threads take turns
     * @throws Exception if a promise is broken
     */
    void run(Turns turns) throws Exception;
}
