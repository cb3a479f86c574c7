// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.BackendException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an error of a server means, as version 6 words it and as version 7 does. */
final class FaultsTest {
    private static final String SIX =
            "ERR Error running script (call to f_0123456789012345678901234567890123456789): @user_script:7: ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@user_script: 7: -OOM command not allowed when used memory > 'maxmemory'.|OOM|true|memory is full",
                "-READONLY You can't write against a read only replica.|READONLY|true|read-only replica",
                "-MISCONF Redis is configured to save RDB snapshots|MISCONF|true|cannot save",
                "-NOREPLICAS Not enough good replicas to write.|NOREPLICAS|true|min-replicas-to-write",
                "WRONGTYPE Operation against a key holding the wrong kind of value|WRONGTYPE|false|no lock",
                "The user executing the script can't run this command or subcommand|NOPERM|false|permission",
                "-NOPERM this user has no permissions to access one of the channels|NOPERM|false|permission",
                "Wrong number of args calling Redis command From Lua script|ERR|false|Wrong number",
            })
    void errorOfVersionSix_insideAScript_isTheOneItWraps(String inside, String code, boolean passes, String says) {
        String error = SIX + inside;
        assertThat(Faults.code(error)).isEqualTo(code);
        BackendException fault = Faults.refused("host:1", "job", "grant", error);
        assertThat(fault.isTransient()).as("passes by itself").isEqualTo(passes);
        assertThat(fault).hasMessageContaining(says).hasMessageContaining("host:1");
        assertThat(Faults.mayHaveApplied(error))
                .as("the script had begun, and may have written")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OOM command not allowed when used memory > 'maxmemory'. script: ab, on @user_script:7.|OOM|true",
                "READONLY You can't write against a read only replica.|READONLY|true",
                "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.|BUSY|true",
                "LOADING Redis is loading the dataset in memory|LOADING|true",
                "CLUSTERDOWN The cluster is down|CLUSTERDOWN|true",
                "TRYAGAIN Multiple keys request during rehashing of slot|TRYAGAIN|true",
                "WRONGTYPE Operation against a key holding the wrong kind of value script: ab|WRONGTYPE|false",
                "ERR user_script:7: Script attempted to access a non local key in a cluster node|ERR|false",
            })
    void errorOfVersionSeven_isNamedFirst(String error, String code, boolean passes) {
        assertThat(Faults.code(error)).isEqualTo(code);
        assertThat(Faults.refused("host:1", "job", "grant", error).isTransient())
                .isEqualTo(passes);
    }
}
