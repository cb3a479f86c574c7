// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Exchange;
import dev.holdfast.memcached.link.Link;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.wire.Changed;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import dev.holdfast.spi.Claim;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes the item of a claim, if it has the version that the claim knows. Where none is known, because the connection is another one or an answer was lost,
 * it looks first whether the item is the claim's.
 */
abstract class VersionedCall extends Exchange {
    private final Node node;
    private final Claim claim;
    private final Seat seat;

    /** The version that was just looked up, or 0. */
    private long lookedUp;

    private boolean looks;

    /** Whether a connection broke under it already. */
    private boolean retried;

    /** Whether an earlier copy of the change may have been done. */
    private boolean mayBeDone;

    VersionedCall(Node node, Claim claim, Seat seat, long giveUpNanos) {
        super(giveUpNanos);
        this.node = node;
        this.claim = claim;
        this.seat = seat;
    }

    final Claim claim() {
        return claim;
    }

    final Seat seat() {
        return seat;
    }

    final Node node() {
        return node;
    }

    /**
     * Whether the change was sent before, in the time of the lease, and its answer got lost: what is not found any more may be gone because of that. A look that got no
     * answer is no such change.
     */
    final boolean mayBeDone() {
        return mayBeDone;
    }

    /** The command that changes the item. */
    abstract byte[] change(Link link, long cas, long opaque);

    abstract int repliesToChange(Dialect dialect);

    abstract Changed changed(Dialect dialect, List<Reply> answers) throws RefusedException;

    /** The same change once more. */
    abstract VersionedCall again();

    /** Whether the item is one that is to be changed. */
    abstract boolean isRight(Value value);

    /** It was changed. */
    abstract void done(Link link, Changed changed);

    /** There is nothing of the claim. What stands there in its place is another's, or is not to be changed any more. */
    abstract void missing(Link link, @Nullable Item item, @Nullable Value value);

    /** It is not known whether it was changed. */
    abstract void unknown(Throwable cause);

    @Override
    protected final byte[] request(Link link, long opaque) {
        long cas = lookedUp != 0 ? lookedUp : seat.cas(link);
        looks = cas == 0;
        return looks ? link.dialect().read(claim.key(), opaque) : change(link, cas, opaque);
    }

    @Override
    protected final int replies(Dialect dialect) {
        return looks ? 1 : repliesToChange(dialect);
    }

    @Override
    protected final void answered(Link link, List<Reply> answers) throws RefusedException {
        if (looks) {
            Item item = link.dialect().item(answers.get(0));
            Value value = item == null ? null : Value.read(item.value());
            if (item != null && value != null && value.claim().equals(claim.id()) && isRight(value)) {
                seat.learns(link, item.cas());
                VersionedCall next = onward();
                next.lookedUp = item.cas();
                link.next(next);
            } else {
                missing(link, item, value);
            }
            return;
        }
        Changed changed = changed(link.dialect(), answers);
        switch (changed.outcome()) {
            case DONE -> done(link, changed);
            case MISSING -> missing(link, null, null);
            case OTHER -> changedMeanwhile(link);
        }
    }

    /** Perhaps by this claim itself, in a request whose answer was lost or is still under way. */
    private void changedMeanwhile(Link link) {
        if (lookedUp != 0) {
            unknown(new IOException("the item was changed by somebody else at the same time"));
            return;
        }
        seat.learns(link, 0);
        link.next(onward());
    }

    private VersionedCall onward() {
        VersionedCall next = again();
        next.retried = retried;
        next.mayBeDone = mayBeDone;
        return next;
    }

    @Override
    protected final void refused(Link link, RefusedException refusal) {
        unknown(refusal);
    }

    /** A connection may have been dead for long when it was used: so a new one is tried at once, and once. */
    @Override
    protected final void failed(IOException cause, boolean mayHaveApplied) {
        if (mayHaveApplied && !retried && System.nanoTime() - giveUpNanos() < 0) {
            VersionedCall next = again();
            next.retried = true;
            // Asked now: an earlier renewal that is repeated, too, finds nothing and takes the claim for lost.
            next.mayBeDone = !looks && seat.isHeldAt(sentNanos(), claim.leaseNanos());
            node.submit(next);
        } else {
            unknown(cause);
        }
    }
}
