// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import dev.holdfast.Holdfast;
import dev.holdfast.LockOptions;
import dev.holdfast.conformance.FileFixture;
import dev.holdfast.conformance.MemoryFixture;
import dev.holdfast.conformance.ScriptedFixture;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.io.IOException;
import java.time.Duration;

/** The stores of the pass. */
enum Store {
    MEMORY,
    FILE,
    SCRIPTED_LEASED;

    private static final LockOptions OPTIONS =
            LockOptions.defaults().withLeaseTime(Duration.ofSeconds(30)).withCallTimeout(Duration.ofSeconds(2));

    StoreFixture open() throws IOException {
        return switch (this) {
            case MEMORY -> new MemoryFixture();
            case FILE -> new FileFixture();
            case SCRIPTED_LEASED -> ScriptedFixture.leased();
        };
    }

    static Holdfast client(StoreLink link) {
        return Holdfast.builder().backend(link.backend()).options(OPTIONS).open();
    }

    static Holdfast client(StoreFixture store) {
        return client(store.connect());
    }
}
