// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.RecordingClaim.Answer;
import org.junit.jupiter.api.Test;

/** Revisions rise, whatever happens between two grants of a key. */
interface RevisionContract {
    @Test
    default void revision_overClaimsAndClients_rises(Scene scene) throws Exception {
        long last = 0;
        RawClient one = scene.raw();
        RawClient other = scene.raw();
        for (int i = 0; i < 50; i++) {
            last = risen(last, i % 3 == 0 ? other : one);
        }
        last = risen(last, scene.raw());
        assertThat(Math.multiplyExact(last, 1024L))
                .as("room for the turns of a token")
                .isPositive();
    }

    @Test
    @Needs(Capability.LEASES)
    default void revision_overExpiry_rises(Scene scene) throws Exception {
        RawClient first = scene.raw();
        RawClient second = scene.raw();
        Answer expired = first.acquire(first.claim("job"));
        assertThat(second.acquireEventually(second.claim("job")).revision()).isGreaterThan(expired.revision());
    }

    @Test
    @Needs(Capability.PURGE)
    default void revision_overPurge_rises(Scene scene) throws Exception {
        RawClient client = scene.raw();
        long last = 0;
        for (int i = 0; i < 3; i++) {
            last = risen(last, client);
            scene.store().purge("job");
        }
        risen(last, scene.raw());
    }

    @Test
    @Needs(Capability.REMOVAL)
    default void revision_overRemoval_rises(Scene scene) throws Exception {
        RawClient first = scene.raw();
        RawClient second = scene.raw();
        Answer removed = first.acquire(first.claim("job"));
        scene.store().remove("job");
        assertThat(second.acquireEventually(second.claim("job")).revision()).isGreaterThan(removed.revision());
    }

    @Test
    @Needs(Capability.RESTART)
    default void revision_overRestart_rises(Scene scene) throws Exception {
        long last = risen(0, scene.raw());
        scene.store().restart(true);
        risen(last, scene.raw());
    }

    @Test
    @Needs(Capability.RESTART_EMPTY)
    default void revision_overRestartWithoutData_rises(Scene scene) throws Exception {
        long last = risen(0, scene.raw());
        scene.store().restart(false);
        risen(last, scene.raw());
    }

    private static long risen(long last, RawClient client) throws InterruptedException {
        RecordingClaim claim = client.claim("job");
        Answer grant = client.acquireEventually(claim);
        assertThat(grant.revision()).isGreaterThan(last);
        client.release(claim);
        return grant.revision();
    }
}
