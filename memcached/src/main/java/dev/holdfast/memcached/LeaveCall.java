// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Link;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.wire.Changed;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import dev.holdfast.spi.Claim;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Removes the item of a claim, and no other: by its version. What an earlier request on the same connection put is seen, because they stay in order. */
final class LeaveCall extends VersionedCall {
    private final Answer answer;

    /** Who wants to know. */
    private interface Answer {
        void freed(boolean held);

        void notFreed(Throwable cause);
    }

    private LeaveCall(Node node, Claim claim, Seat seat, long giveUpNanos, Answer answer) {
        super(node, claim, seat, giveUpNanos);
        this.answer = answer;
    }

    static void send(Client client, Claim claim) {
        send(client, claim, claim.giveUpNanos(), () -> {});
    }

    private static void send(Client client, Claim claim, long giveUpNanos, Runnable afterwards) {
        Seat seat = Seat.ofKnown(claim);
        if (seat == null) {
            claim.freed(false);
            afterwards.run();
            return;
        }
        Node node = client.node(claim.key());
        LeaveCall call = new LeaveCall(node, claim, seat, giveUpNanos, new Answer() {
            @Override
            public void freed(boolean held) {
                claim.freed(held);
                afterwards.run();
            }

            @Override
            public void notFreed(Throwable cause) {
                claim.notFreed(Faults.of(claim.name(), "release", node.where(), cause));
                afterwards.run();
            }
        });
        if (claim.isCallersOwn()) {
            node.submitAndRead(call);
        } else {
            node.submit(call);
        }
    }

    /** Sends all at once, and waits until they are answered or the time is over; what is not confirmed by then comes free when its lease ends. */
    static void sendAll(Client client, List<Claim> claims, long giveUpNanos) {
        CountDownLatch answers = new CountDownLatch(claims.size());
        claims.forEach(claim -> send(client, claim, giveUpNanos, answers::countDown));
        try {
            if (!answers.await(Math.max(0, giveUpNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes what is left of a claim that has lost its lock; nobody waits for it. */
    static void remove(Link link, Node node, Claim claim, Seat seat) {
        long giveUpNanos = System.nanoTime() + claim.leaseNanos();
        Consumer<Object> nobody = ignored -> {};
        link.next(new LeaveCall(node, claim, seat, giveUpNanos, new Answer() {
            @Override
            public void freed(boolean held) {
                nobody.accept(held);
            }

            @Override
            public void notFreed(Throwable cause) {
                nobody.accept(cause);
            }
        }));
    }

    @Override
    byte[] change(Link link, long cas, long opaque) {
        return link.dialect().remove(claim().key(), cas, opaque);
    }

    @Override
    int repliesToChange(Dialect dialect) {
        return 1;
    }

    @Override
    Changed changed(Dialect dialect, List<Reply> answers) throws RefusedException {
        return dialect.removed(answers.get(0));
    }

    @Override
    VersionedCall again() {
        return new LeaveCall(node(), claim(), seat(), giveUpNanos(), answer);
    }

    @Override
    boolean isRight(Value value) {
        return true;
    }

    @Override
    void done(Link link, Changed changed) {
        boolean held = seat().isHeld();
        seat().leaves();
        answer.freed(held);
    }

    @Override
    void missing(Link link, @Nullable Item item, @Nullable Value value) {
        seat().leaves();
        answer.freed(mayBeDone());
    }

    @Override
    void unknown(Throwable cause) {
        answer.notFreed(cause);
    }
}
