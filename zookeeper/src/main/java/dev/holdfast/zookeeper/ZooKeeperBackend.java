// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.KeySpace;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Locks on ZooKeeper. An uncontended lock costs one round trip to take and one to release. Clients wait in a line that ZooKeeper keeps, each
 * for the one before it, and are woken by it. Programs that lock with Curator or the libraries for Go stand in the same line, and those
 * with kazoo if either side is told of the other.
 *
 * <p>URI: {@code zookeeper://user:password@host1,host2,host3/path}; the parameters are on the page about ZooKeeper in the documentation.
 * Locks end with the client's session, of which it has one of its own.
 */
public final class ZooKeeperBackend implements LockBackend {
    private static final Duration CLOSING = Duration.ofSeconds(2);

    /** All of ASCII that is printable, but for what makes a path. */
    private static final String READABLE = printable();

    private static final int LONGEST_KEY = 200;

    private final ZooKeeperOptions options;
    private volatile @Nullable Client client;

    ZooKeeperBackend(ZooKeeperOptions options) {
        this.options = options;
    }

    private static String printable() {
        StringBuilder characters = new StringBuilder();
        for (char c = ' '; c < '~'; c++) {
            if (c != '/') {
                characters.append(c);
            }
        }
        return characters.toString();
    }

    /**
     * A backend that is not opened yet. Does no I/O.
     *
     * @param uri the URI, with no other parameters than those of this backend
     * @return the backend
     * @throws IllegalArgumentException if the URI is wrong
     */
    public static ZooKeeperBackend of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        ZooKeeperBackend backend = new ZooKeeperBackend(ZooKeeperOptions.of(parsed));
        parsed.rejectUnknown();
        return backend;
    }

    @Override
    public String id() {
        return "zookeeper";
    }

    /**
     * {@inheritDoc}
     *
     * <p>The lease floor is the session's timeout that the servers granted: no lock ends sooner after a crash.
     */
    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        Client opening = new Client(options, events);
        client = opening;
        Opening.await(opening, timeout);
        return Deployment.of(Tier.L, Deployment.Expiry.SESSION)
                .withKeySpace(keys(options.nested()))
                .withLine(true)
                .withDemand(true)
                .withLeases(Duration.ofNanos(opening.session().timeoutNanos()), Duration.ofSeconds(Long.MAX_VALUE));
    }

    static KeySpace keys(boolean nested) {
        return KeySpace.of(nested ? READABLE + "/" : READABLE, LONGEST_KEY);
    }

    /** The session that the client has now. */
    ServerSession session() {
        return opened().session();
    }

    Client opened() {
        return Objects.requireNonNull(client, "not opened");
    }

    @Override
    public void acquire(Claim claim) {
        Place.of(opened(), claim).acquire();
    }

    @Override
    public void withdraw(Claim claim) {
        release(claim, null);
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        Place place = Place.ofKnown(claim);
        if (place == null) {
            claim.freed(false);
        } else {
            place.release();
        }
        if (next != null) {
            // The server works them off in this order.
            acquire(next);
        }
    }

    @Override
    public void renew(List<Claim> claims) {
        opened().beat();
        for (Claim claim : claims) {
            Place.of(opened(), claim).verify();
        }
    }

    /** {@inheritDoc} Ends the session: one request, and all its locks and places in line are gone. */
    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        opened().close(giveUpNanos);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return new Records(opened()).inspect(key);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Locks that were taken with other libraries are listed too, under the names of their nodes.
     */
    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return new Records(opened()).list(prefix, cursor);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return new Records(opened()).forceRelease(key, now);
    }

    @Override
    public void close() {
        Client last = client;
        if (last != null) {
            last.close(System.nanoTime() + CLOSING.toNanos());
        }
    }
}
