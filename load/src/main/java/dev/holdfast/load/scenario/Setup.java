// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import java.time.Duration;

/**
 * The numbers of a scenario. Each course uses some of them.
 *
 * @param processes how many workers
 * @param threads how many threads in each of them
 * @param names how many locks there are; threads take them in turn
 * @param count how many wait, or how many locks are held
 * @param hold how long each grant is held, doing work
 */
public record Setup(int processes, int threads, int names, int count, Duration hold) {
    static Setup load(int processes, int threads, int names) {
        return new Setup(processes, threads, names, 0, Duration.ZERO);
    }

    static Setup many(int processes, int count) {
        return new Setup(processes, 1, 1, count, Duration.ZERO);
    }
}
