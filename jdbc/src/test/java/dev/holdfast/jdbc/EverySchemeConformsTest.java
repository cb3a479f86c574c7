// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.LockConformance;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A scheme that nobody runs the suites on fails the build. MySQL has the statements of MariaDB; on a server of its own it is not tested. */
final class EverySchemeConformsTest {
    private static final Set<Class<?>> MARIADB = Set.of(
            MariaDbBackendConformanceTest.class,
            MariaDbLockConformanceTest.class,
            MariaDbSessionBackendConformanceTest.class,
            MariaDbSessionLockConformanceTest.class);
    private static final Map<String, Set<Class<?>>> SUITES = Map.of(
            "jdbc:postgresql",
            Set.of(
                    PostgresBackendConformanceTest.class,
                    PostgresLockConformanceTest.class,
                    PostgresSessionBackendConformanceTest.class,
                    PostgresSessionLockConformanceTest.class),
            "jdbc:mariadb",
            MARIADB,
            "jdbc:mysql",
            MARIADB,
            "jdbc:h2",
            Set.of(
                    H2MemoryBackendConformanceTest.class,
                    H2MemoryLockConformanceTest.class,
                    H2FileBackendConformanceTest.class,
                    H2FileLockConformanceTest.class));

    @Test
    void scheme_ofTheProvider_runsBothSuites() {
        assertThat(SUITES).containsOnlyKeys(new JdbcBackendProvider().schemes());
        SUITES.forEach((scheme, tests) -> {
            assertThat(tests).as(scheme).anyMatch(BackendConformance.class::isAssignableFrom);
            assertThat(tests).as(scheme).anyMatch(LockConformance.class::isAssignableFrom);
        });
    }
}
