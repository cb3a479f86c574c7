// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.LockConformance;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A scheme that nobody runs the suites on fails the build. */
final class EverySchemeConformsTest {
    private static final Map<String, Set<Class<?>>> SUITES = Map.of(
            "zookeeper",
            Set.of(
                    ZooKeeperBackendConformanceTest.class,
                    ZooKeeperLockConformanceTest.class,
                    ZooKeeperEnsembleBackendConformanceTest.class,
                    ZooKeeperEnsembleLockConformanceTest.class));

    @Test
    void scheme_ofTheProvider_runsBothSuites() {
        assertThat(SUITES).containsOnlyKeys(new ZooKeeperBackendProvider().schemes());
        SUITES.forEach((scheme, tests) -> {
            assertThat(tests).as(scheme).anyMatch(BackendConformance.class::isAssignableFrom);
            assertThat(tests).as(scheme).anyMatch(LockConformance.class::isAssignableFrom);
        });
    }
}
