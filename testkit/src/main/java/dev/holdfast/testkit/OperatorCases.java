// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What operators ask: it works, or it is refused clearly. */
interface OperatorCases {
    @Test
    @About(Capability.INSPECT)
    default void inspect_heldLock_tellsWhoHoldsIt(Scene scene) {
        Client holder = scene.client(scene.options().withOwnerLabel("the label"));
        Client other = scene.client();
        Lease lease = holder.take("job");
        if (scene.lacks(Capability.INSPECT)) {
            refused(() -> other.locks().inspect("job"));
            return;
        }
        LockInfo info = other.locks().inspect("job");
        assertThat(info).isNotNull();
        assertThat(info.name()).isEqualTo("job");
        assertThat(info.ownerLabel()).isEqualTo("the label");
        if (info.token().isPresent()) {
            assertThat(info.token().getAsLong()).isPositive().isLessThanOrEqualTo(lease.token());
        }
        lease.release();
        scene.eventually("nobody holds it", () -> other.locks().inspect("job") == null);
    }

    @Test
    @About(Capability.LIST)
    default void list_withAPrefix_findsTheHeldLocks(Scene scene) {
        Client holder = scene.client(scene.options(), "app:");
        Client other = scene.client();
        holder.take("a1");
        holder.take("a2");
        holder.take("b1");
        if (scene.lacks(Capability.LIST)) {
            refused(() -> {
                try (Stream<LockInfo> locks = other.locks().list("")) {
                    assertThat(locks.count()).isNotNegative();
                }
            });
            return;
        }
        try (Stream<LockInfo> locks = other.locks().list("app:a")) {
            assertThat(locks.map(LockInfo::name)).containsExactlyInAnyOrder("app:a1", "app:a2");
        }
        try (Stream<LockInfo> locks = other.locks().list("none")) {
            assertThat(locks).isEmpty();
        }
    }

    @Test
    @About(Capability.FORCE_RELEASE)
    default void forceRelease_heldLock_isTakenFromItsHolder(Scene scene) throws Exception {
        Client holder = scene.client();
        Client operator = scene.client();
        Lease lease = holder.take("job");
        if (scene.lacks(Capability.FORCE_RELEASE)) {
            refused(() -> operator.locks().forceRelease("job"));
            assertThat(lease.isHeld()).isTrue();
            return;
        }
        assertThat(operator.locks().forceRelease("job")).isTrue();
        Lease next = operator.lock("job").acquire(scene.patience());
        assertThat(lease.isHeld()).isFalse();
        assertThat(next.token()).isGreaterThan(lease.token());
        next.release();
        scene.eventually("nobody holds it", () -> !operator.locks().forceRelease("job"));
    }

    @Test
    @About(Capability.FORCE_RELEASE_NOW)
    default void forceReleaseNow_heldLock_isFreeAtOnce(Scene scene) throws Exception {
        Client holder = scene.client(scene.options().withLeaseTime(Duration.ofSeconds(60)));
        Client operator = scene.client();
        Lease lease = holder.take("job");
        if (scene.lacks(Capability.FORCE_RELEASE_NOW)) {
            refused(() -> operator.locks().forceReleaseNow("job"));
            assertThat(lease.isHeld()).isTrue();
            return;
        }
        assertThat(operator.locks().forceReleaseNow("job")).isTrue();
        Lease next = operator.lock("job").acquire(scene.patience());
        assertThat(next.token()).isGreaterThan(lease.token());
        lease.release();
        assertThat(next.isHeld()).isTrue();
        assertThat(scene.client().lock("job").tryAcquire()).isNull();
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.isTransient()).isFalse();
            assertThat(e).hasMessageMatching("(?s).{20,}");
        });
    }
}
