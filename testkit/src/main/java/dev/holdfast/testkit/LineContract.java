// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The line of waiters that a store keeps, and what it tells unasked. */
interface LineContract {
    @Test
    @Needs(Capability.LINE)
    default void line_isServedInOrderOfArrival(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        List<RawClient> clients = List.of(scene.raw(), scene.raw(), scene.raw(), scene.raw());
        // Nobody renews it.
        RecordingClaim current = new RecordingClaim("job", scene.leaseTime().multipliedBy(5), false);
        assertThat(holder.acquire(current).kind()).isEqualTo(Kind.GRANTED);
        RawClient currentClient = holder;
        List<RecordingClaim> waiting = new ArrayList<>();
        for (RawClient client : clients) {
            RecordingClaim claim = client.waitingClaim("job");
            assertThat(client.acquire(claim).kind()).isEqualTo(Kind.QUEUED);
            waiting.add(claim);
        }
        for (int i = 0; i < waiting.size(); i++) {
            currentClient.release(current);
            assertThat(waiting.get(i).await(0, scene.patience(), Set.of(Kind.GRANTED)))
                    .as("the grant is pushed to waiter %s", i)
                    .isNotNull();
            for (int later = i + 1; later < waiting.size(); later++) {
                assertThat(waiting.get(later).answers(Kind.GRANTED)).isEmpty();
            }
            current = waiting.get(i);
            currentClient = clients.get(i);
        }
    }

    @Test
    @Needs(Capability.LINE)
    default void acquire_inLine_keepsItsPlace(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient first = scene.raw();
        RawClient second = scene.raw();
        RecordingClaim held = holder.take("job");
        RecordingClaim firstClaim = first.waitingClaim("job");
        RecordingClaim secondClaim = second.waitingClaim("job");
        first.acquire(firstClaim);
        second.acquire(secondClaim);
        assertThat(first.acquire(firstClaim).kind()).as("a re-check").isEqualTo(Kind.QUEUED);
        holder.release(held);
        first.acquireEventually(firstClaim);
        assertThat(secondClaim.answers(Kind.GRANTED)).isEmpty();
    }

    @Test
    @Needs({Capability.LINE, Capability.LOST_PUSH})
    default void acquire_pushWasLost_findsTheGrant(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient waiter = scene.raw();
        RecordingClaim held = holder.take("job");
        RecordingClaim waiting = waiter.waitingClaim("job");
        waiter.acquire(waiting);
        waiter.link().dropPushes();
        holder.release(held);
        Answer grant = waiter.acquireEventually(waiting);
        assertThat(grant.isValidAt(grant.atNanos())).isTrue();
    }

    @Test
    @Needs({Capability.LINE, Capability.EXPIRY, Capability.SILENCE})
    default void deadWaiter_atTheHeadOfTheLine_isPassedOver(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient dead = scene.raw();
        RawClient alive = scene.raw();
        RecordingClaim held = holder.take("job");
        dead.acquire(dead.waitingClaim("job"));
        RecordingClaim waiting = alive.waitingClaim("job");
        alive.acquire(waiting);
        dead.link().silence();
        holder.release(held);
        alive.acquireEventually(waiting);
    }

    @Test
    @Needs({Capability.LINE, Capability.LEASES, Capability.EXPIRY, Capability.STALL})
    default void waiter_hearsOfItsGrantAfterItExpired_doesNotWin(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient late = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim held = holder.take("job");
        RecordingClaim waiting = late.waitingClaim("job");
        late.acquire(waiting);
        late.link().stall();
        holder.release(held);
        RecordingClaim next = rival.waitingClaim("job");
        Answer owned = rival.acquireEventually(next);
        late.link().heal();
        // Its answer comes behind all that was held back.
        late.acquire(waiting);
        for (Answer grant : waiting.answers(Kind.GRANTED)) {
            assertThat(grant.isValidAt(owned.atNanos())
                            && grant.atNanos() - (owned.sentNanos() + next.leaseNanos()) < 0)
                    .as("a late grant is valid while the rival holds the lock")
                    .isFalse();
        }
    }

    @Test
    @Needs(Capability.DEMAND)
    default void holder_rivalWaits_isTold(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        RecordingClaim held = holder.take("job");
        rival.acquire(rival.waitingClaim("job"));
        scene.eventually("the holder is told", () -> holder.events().wasContended(held));
    }
}
