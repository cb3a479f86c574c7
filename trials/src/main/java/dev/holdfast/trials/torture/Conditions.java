// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a {@link Torture} go through, and how they use the locks.
 *
 * @param faults the kinds of faults
 * @param fewestFaults how many at least, however long that takes
 * @param longestFault how long the longest pause or silence is; most are shorter than 300 ms
 * @param longestHold how long each worker holds a lock now and then; zero for never
 * @param lockPrefix what the names of the locks begin with
 * @param settings settings of the client for the environment of the workers, such as {@code HOLDFAST_LEASE_TIME}
 * @param network the servers, for {@link FaultKind#NETWORK}; null if nothing can stand before them
 * @param hooks stops and starts a server, for {@link FaultKind#STOP_SERVER}
 * @param control the lock that must be caught
 */
public record Conditions(
        Set<FaultKind> faults,
        int fewestFaults,
        Duration longestFault,
        Duration longestHold,
        String lockPrefix,
        Map<String, String> settings,
        @Nullable Network network,
        @Nullable ServerHooks hooks,
        String control) {
    /** On a slow machine the time alone would not hit anybody at a bad moment often enough. */
    private static final int FEWEST_FAULTS = 30;

    private static final Duration SHORT = Duration.ofMillis(300);

    /** The known-bad lock that is caught by every run that proves anything. */
    public static final String KNOWN_BAD = StolenLockFile.URI;

    /** Workers are stopped for a moment and killed, and nothing else. */
    public static final Conditions WORKERS = new Conditions(
            FaultKind.WORKERS, FEWEST_FAULTS, SHORT, Duration.ZERO, "torture-", Map.of(), null, null, KNOWN_BAD);

    /** For the control, which knows neither leases nor servers. */
    Conditions ofControl(int fewest) {
        return new Conditions(
                FaultKind.WORKERS, fewest, SHORT, Duration.ZERO, "torture-", settings, null, null, control);
    }
}
