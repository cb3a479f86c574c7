// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Session;
import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Stores whose locks are bound to a session. */
interface SessionContract {
    @Test
    default void session_ofAGrant_staysValid(Scene scene) throws Exception {
        RawClient client = scene.raw();
        Answer grant = client.acquire(client.claim("job"));
        if (client.isLeased()) {
            assertThat(grant.session()).as("a leased lock has no session").isNull();
            return;
        }
        Session session = Objects.requireNonNull(grant.session());
        scene.throughout(
                scene.leaseTime().multipliedBy(2),
                "the backend keeps its session",
                () -> session.validUntilNanos() - System.nanoTime() > 0);
    }

    @Test
    @Needs(Capability.SESSION_END)
    default void session_endedAtTheStore_isTold(Scene scene) throws Exception {
        RawClient client = scene.raw();
        Session session =
                Objects.requireNonNull(client.acquire(client.claim("job")).session());
        client.link().endSession();
        scene.eventually("the end of the session is told", () -> client.events().hasEnded(session));
        // Whoever looks at the session by himself before he is told learns the same.
        assertThat(session.loss()).isEqualTo(LeaseLoss.SESSION_CLOSED);
    }

    /** The engine asks when the machine may have stood still for longer than the session lasts. */
    @Test
    @Needs(Capability.SESSION_END)
    default void session_askedAfter_answersForItsClaims(Scene scene) throws Exception {
        RawClient client = scene.raw();
        RecordingClaim held = client.take("job");
        RecordingClaim released = client.take("other");
        client.release(released);
        assertThat(client.renew(held).kind()).isEqualTo(Kind.RENEWED);
        assertThat(client.renew(released).kind()).isEqualTo(Kind.GONE);
    }
}
