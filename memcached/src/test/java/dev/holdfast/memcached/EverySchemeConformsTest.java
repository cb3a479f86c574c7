// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.LockConformance;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A scheme that nobody runs the suites on fails the build. */
final class EverySchemeConformsTest {
    private static final Map<String, Set<Class<?>>> SUITES = Map.of(
            "memcached",
            Set.of(
                    MemcachedBackendConformanceTest.class,
                    MemcachedLockConformanceTest.class,
                    MemcachedClassicBackendConformanceTest.class));

    @Test
    void scheme_ofTheProvider_runsBothSuites() {
        assertThat(SUITES).containsOnlyKeys(new MemcachedBackendProvider().schemes());
        SUITES.forEach((scheme, tests) -> {
            assertThat(tests).as(scheme).anyMatch(BackendConformance.class::isAssignableFrom);
            assertThat(tests).as(scheme).anyMatch(LockConformance.class::isAssignableFrom);
        });
    }
}
