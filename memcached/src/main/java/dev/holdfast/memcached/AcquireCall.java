// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Exchange;
import dev.holdfast.memcached.link.Link;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import dev.holdfast.memcached.wire.Taken;
import dev.holdfast.spi.Claim;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a lock: puts its item if there is none, looks who has it then, and raises the counter, in one round trip. Repeated, it finds the item that it put
 * before.
 */
final class AcquireCall extends Exchange {
    private final Client client;
    private final Node node;
    private final Claim claim;
    private final Seat seat;

    /** Whether a connection broke under it already. */
    private final boolean retried;

    private AcquireCall(Client client, Claim claim, boolean retried) {
        super(claim.giveUpNanos());
        this.retried = retried;
        this.client = client;
        this.claim = claim;
        node = client.node(claim.key());
        seat = Seat.of(claim);
    }

    static void send(Client client, Claim claim) {
        submit(client, claim, false);
    }

    private static void submit(Client client, Claim claim, boolean retried) {
        AcquireCall call = new AcquireCall(client, claim, retried);
        if (!retried && claim.isCallersOwn()) {
            call.node.submitAndRead(call);
        } else {
            call.node.submit(call);
        }
    }

    @Override
    protected byte[] request(Link link, long opaque) {
        seat.asks(sentNanos());
        return link.dialect()
                .take(
                        claim.key(),
                        Keys.counter(claim.key()),
                        Value.of(claim),
                        Lifetime.seconds(claim.leaseNanos()),
                        client.seed(),
                        opaque);
    }

    @Override
    protected int replies(Dialect dialect) {
        return dialect.repliesToTake();
    }

    @Override
    protected void answered(Link link, List<Reply> answers) throws RefusedException {
        Taken taken = link.dialect().taken(answers);
        long now = System.nanoTime();
        seat.isAnswered();
        client.saw(taken.revision());
        Item item = taken.item();
        Value value = item == null ? null : Value.read(item.value());
        if (item != null && value != null && value.claim().equals(claim.id()) && !value.revoked()) {
            found(link, taken, item, now);
        } else if (item == null && taken.stored()) {
            claim.failed(
                    Faults.transientFault(
                            claim.name(),
                            "The lock '" + claim.name() + "' was taken at memcached " + node.where()
                                    + ", and was gone at once: evicted, or flushed",
                            null),
                    true);
        } else if (item != null && value == null && item.seconds() == Item.FOR_EVER) {
            claim.failed(Faults.foreignKey(claim.name(), claim.key()), false);
        } else {
            claim.busy(0);
        }
    }

    private void found(Link link, Taken taken, Item item, long now) {
        long sent = taken.stored() ? sentNanos() : seat.expirySentNanos();
        long known = seat.revision();
        // A claim that finds what it was granted before has the same number; one whose answer was lost has none yet.
        long revision = taken.stored() || known == 0 ? taken.revision() : known;
        seat.holds(link, item.cas(), revision, sent);
        client.warnOfEvictions(claim, link.peer());
        if (Lifetime.isSlow(sentNanos(), now)) {
            confirm(link, revision, sent);
        } else if (taken.stored()) {
            claim.granted(revision, sent, claim.leaseNanos());
        } else {
            judge(link, item, sentNanos(), revision, sent);
        }
    }

    private void confirm(Link link, long revision, long sent) {
        link.next(new ReadCall(
                claim.key(),
                giveUpNanos(),
                (on, item, looked) -> judge(on, item, looked, revision, sent),
                this::unsure));
    }

    private void judge(Link link, @Nullable Item item, long looked, long revision, long sent) {
        if (Lifetime.keeps(item, claim, looked, sent)) {
            claim.granted(revision, sent, claim.leaseNanos());
        } else if (item != null) {
            link.next(new ExtendCall(node, claim, seat, giveUpNanos(), revision));
        } else {
            unsure(new IOException("it was gone at once"));
        }
    }

    private void unsure(Throwable cause) {
        claim.failed(Faults.of(claim.name(), "ask for", node.where(), cause), true);
    }

    @Override
    protected void refused(Link link, RefusedException refusal) {
        // The item may be there all the same, when it was the counter that could not be had.
        unsure(refusal);
    }

    /** A connection may have been dead for long when it was used: so a new one is tried at once, and once. */
    @Override
    protected void failed(IOException cause, boolean mayHaveApplied) {
        if (mayHaveApplied && !retried && System.nanoTime() - giveUpNanos() < 0) {
            submit(client, claim, true);
            return;
        }
        claim.failed(Faults.of(claim.name(), "ask for", node.where(), cause), mayHaveApplied || retried);
    }
}
