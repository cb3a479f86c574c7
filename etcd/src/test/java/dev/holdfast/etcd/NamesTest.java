// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.etcd.wire.KeyRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which keys are about which lock: part of the layout, which never changes. */
final class NamesTest {
    private static KeyRecord key(String key, long lease) {
        return new KeyRecord(key, 5, 5, lease, "");
    }

    @Test
    void place_isBelowTheName_andNamesTheLease() {
        assertThat(Names.place("orders/42", 0x32695410dcc0ca06L, 7)).isEqualTo("orders/42/32695410dcc0ca06-7");
        assertThat(Names.keySpace().keyOf("orders/42")).isEqualTo("orders/42");
        assertThat(Names.keySpace().keyOf("Größe")).startsWith("Gr__e~");
        assertThat(Names.keySpace().keyOf("/a")).startsWith("_a~");
    }

    @ParameterizedTest
    @CsvSource({"a/1f-1,true", "a/1f,true", "a/anything,true", "a/b/1f-1,false", "a/,false"})
    void contender_isDirectlyBelowTheName(String key, boolean isOne) {
        assertThat(Names.isContender("a/", key(key, 1))).isEqualTo(isOne);
    }

    @ParameterizedTest
    @CsvSource({"a/1f-1,31,true", "a/1f,31,true", "a/1f0,31,false", "a/1f,0,false", "a/2f,31,false", "1f,31,false"})
    void listedKey_isNamedAfterItsLease(String key, long lease, boolean isOne) {
        assertThat(Names.isPlace(key(key, lease))).isEqualTo(isOne);
    }

    @Test
    void value_readsBack_andOthersAreNotOurs() {
        assertThat(Value.read("hf1|5|job|x|host:1|2")).isEqualTo(new Value("job|x", "host:1|2", false));
        assertThat(Value.read(Value.revoke("hf1|1|a|me"))).isEqualTo(new Value("a", "me", true));
        for (String foreign : new String[] {"", "x", "hf1|", "hf1|9|a|me", "hf1|-1|a", "hf1|x|a|me", "hf1|1|ab|me"}) {
            assertThat(Value.read(foreign)).as(foreign).isNull();
        }
    }
}
