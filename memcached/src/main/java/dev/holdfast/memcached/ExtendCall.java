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
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives the item of a lock that was just taken its whole time, when it was put by a clock that had stood still, or by an earlier request. */
final class ExtendCall extends VersionedCall {
    private final long revision;
    private byte[] value = {};

    ExtendCall(Node node, Claim claim, Seat seat, long giveUpNanos, long revision) {
        super(node, claim, seat, giveUpNanos);
        this.revision = revision;
    }

    @Override
    byte[] change(Link link, long cas, long opaque) {
        value = Value.of(claim());
        return link.dialect().replace(claim().key(), value, Lifetime.seconds(claim().leaseNanos()), cas, opaque);
    }

    @Override
    int repliesToChange(Dialect dialect) {
        return dialect.repliesToReplace();
    }

    @Override
    Changed changed(Dialect dialect, List<Reply> answers) throws RefusedException {
        return dialect.replaced(answers, value);
    }

    @Override
    VersionedCall again() {
        return new ExtendCall(node(), claim(), seat(), giveUpNanos(), revision);
    }

    @Override
    boolean isRight(Value found) {
        return !found.revoked();
    }

    @Override
    void done(Link link, Changed changed) {
        seat().isRenewed(link, changed.cas(), sentNanos());
        if (Lifetime.isSlow(sentNanos(), System.nanoTime())) {
            unknown(new IOException("it was taken by a clock that stands still again and again"));
        } else {
            claim().granted(revision, sentNanos(), claim().leaseNanos());
        }
    }

    @Override
    void missing(Link link, @Nullable Item item, @Nullable Value found) {
        unknown(new IOException("it was gone at once"));
    }

    @Override
    void unknown(Throwable cause) {
        claim().failed(Faults.of(claim().name(), "ask for", node().where(), cause), true);
    }
}
