// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.LockInfo;
import dev.holdfast.spi.Page;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code inspect}, {@code list} and {@code forceRelease}: they work, or they are refused clearly. */
interface RecordContract {
    @Test
    @About(Capability.INSPECT)
    default void inspect_heldLock_namesTheHolder(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim claim = client.take("job");
        if (scene.lacks(Capability.INSPECT)) {
            refused(scene, client.backend().inspect("job"));
            return;
        }
        LockInfo info = scene.get(client.backend().inspect("job").toCompletableFuture());
        assertThat(info).isNotNull();
        assertThat(info.name()).isEqualTo("job");
        assertThat(info.ownerLabel()).isEqualTo(claim.ownerLabel());
    }

    @Test
    @Needs(Capability.INSPECT)
    default void inspect_freeLock_isNull(Scene scene) throws Exception {
        RawClient client = scene.raw();
        assertThat(inspected(scene, client)).isNull();
        client.release(client.take("job"));
        scene.eventually("nobody holds it", () -> inspected(scene, client) == null);
    }

    private static @Nullable LockInfo inspected(Scene scene, RawClient client) throws Exception {
        CompletionStage<@Nullable LockInfo> stage = client.backend().inspect("job");
        return scene.get(stage.toCompletableFuture());
    }

    @Test
    @About(Capability.LIST)
    default void list_ofAPrefix_pagesThroughTheHeldLocks(Scene scene) throws Exception {
        RawClient client = scene.raw();
        if (scene.lacks(Capability.LIST)) {
            refused(scene, client.backend().list("", null));
            return;
        }
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            holdForLonger(client, "job-" + i);
            holdForLonger(client, "other-" + i);
            expected.add("job-" + i);
        }
        client.release(client.take("job-free"));
        Set<String> found = new HashSet<>();
        String cursor = null;
        int pages = 0;
        do {
            Page page = scene.get(client.backend().list("job-", cursor).toCompletableFuture());
            page.locks().forEach(lock -> found.add(lock.name()));
            cursor = page.cursor();
            pages++;
        } while (cursor != null && pages < 1_000);
        assertThat(found).isEqualTo(expected);
    }

    /** Until all of them are taken and listed, however slow the store is. */
    private static void holdForLonger(RawClient client, String key) throws InterruptedException {
        RecordingClaim claim = new RecordingClaim(key, client.leaseTime().multipliedBy(3), false);
        assertThat(client.acquire(claim).kind()).isEqualTo(RecordingClaim.Kind.GRANTED);
    }

    @Test
    @About(Capability.FORCE_RELEASE)
    default void forceRelease_heldLock_endsItAfterTheRestOfItsLease(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim held = holder.take("job");
        if (scene.lacks(Capability.FORCE_RELEASE)) {
            refused(scene, rival.backend().forceRelease("job", false));
            return;
        }
        assertThat(scene.get(rival.backend().forceRelease("job", false).toCompletableFuture()))
                .isTrue();
        if (holder.isLeased()) {
            assertThat(holder.renew(held).kind()).isEqualTo(Kind.GONE);
        } else {
            scene.eventually("the holder is told", () -> holder.events().wasGone(held));
        }
        rival.acquireEventually(rival.claim("job"));
    }

    @Test
    @About(Capability.FORCE_RELEASE_NOW)
    default void forceRelease_now_freesTheLockAtOnce(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim held = new RecordingClaim("job", java.time.Duration.ofSeconds(60), false);
        holder.acquire(held);
        if (scene.lacks(Capability.FORCE_RELEASE_NOW)) {
            refused(scene, rival.backend().forceRelease("job", true));
            return;
        }
        assertThat(scene.get(rival.backend().forceRelease("job", true).toCompletableFuture()))
                .isTrue();
        rival.acquireEventually(rival.claim("job"));
        assertThat(holder.release(held).flag()).isFalse();
        assertThat(rival.acquire(rival.claim("job")).kind()).isEqualTo(Kind.BUSY);
    }

    @Test
    @Needs(Capability.FORCE_RELEASE)
    default void forceRelease_freeLock_isFalse(Scene scene) throws Exception {
        RawClient client = scene.raw();
        assertThat(scene.get(client.backend().forceRelease("job", false).toCompletableFuture()))
                .isFalse();
    }

    private static void refused(Scene scene, CompletionStage<?> answer) {
        assertThatThrownBy(() -> scene.get(answer.toCompletableFuture()))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BackendException.class)
                .satisfies(e -> {
                    BackendException cause = (BackendException) Objects.requireNonNull(e.getCause());
                    assertThat(cause.isTransient()).isFalse();
                    assertThat(cause).hasMessageMatching("(?s).{20,}");
                });
    }
}
