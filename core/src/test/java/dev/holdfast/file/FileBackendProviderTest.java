// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBackendProviderTest {
    @TempDir
    Path directory;

    @Test
    void aUri_isEnough() throws Exception {
        try (Holdfast one = Holdfast.open("file:" + directory);
                Holdfast other = Holdfast.open("file:" + directory + "?allow-network-fs=true")) {
            Lease lease = one.lock("Orders/42").acquire();
            assertThat(other.lock("Orders/42").tryAcquire()).isNull();
            assertThat(other.inspect("Orders/42").name()).isEqualTo("Orders/42");
            assertThat(other.list("Orders/")).hasSize(1);
            lease.release();
            try (Lease next = other.lock("Orders/42").tryAcquire()) {
                assertThat(next.token()).isGreaterThan(lease.token());
            }
        }
    }

    @Test
    void aUriOfAnotherMachine_isRefused() {
        assertThatThrownBy(() -> Holdfast.open("file://host/locks"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("file:/var/lib/app/locks");
    }
}
