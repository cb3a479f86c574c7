// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The versions in which a replaced leader leaves leases alone. */
final class VersionsTest {
    @ParameterizedTest
    @CsvSource({
        "3.4.23,false",
        "3.4.30,false",
        "3.4.31,true",
        "3.4.40,true",
        "3.5.12,false",
        "3.5.13,true",
        "3.5.13-rc.1,true",
        "3.6.0,true",
        "4.0.0,true",
        "3.3.27,false",
        "2.3.7,false",
        "unknown,false",
        "'',false"
    })
    void version_isTrustedOrNot(String version, boolean trusted) {
        assertThat(Versions.keepLeasesOverLeaders(version)).isEqualTo(trusted);
    }
}
