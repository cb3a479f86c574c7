// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client of one store of locks. Thread-safe, meant to live as long as the program and to be shared by all of it.
 *
 * <pre>{@code
 * try (Holdfast locks = Holdfast.open("file:/var/lib/app/locks")) {
 *   try (Lease lease = locks.lock("orders/42").acquire()) {
 *     store.save(order, lease.token());
 *   }
 * }
 * }</pre>
 *
 * <p>A name is 1 to 1,024 bytes of valid UTF-8, compared byte by byte; anything else is refused with an {@link
 * IllegalArgumentException} before any I/O.
 */
public interface Holdfast extends AutoCloseable {
    /**
     * Opens a client for a store.
     *
     * @param uri which store, for example {@code memory:} or {@code file:/var/lib/app/locks?lease-time=10s}
     * @return the client
     * @throws IllegalArgumentException if the URI is wrong; the message names what is known
     * @throws BackendException if the store cannot be reached
     */
    static Holdfast open(String uri) {
        return builder().uri(uri).open();
    }

    /**
     * Starts to build a client with more than a URI.
     *
     * @return a builder with all defaults
     */
    static HoldfastBuilder builder() {
        return new HoldfastBuilder();
    }

    /**
     * The lock of the given name with the client's default options. Does no I/O.
     *
     * @param name the name
     * @return the lock
     * @throws IllegalArgumentException if the name is not 1 to 1,024 bytes of valid UTF-8
     */
    DistributedLock lock(String name);

    /**
     * The lock of the given name with its own options. Does no I/O.
     *
     * @param name the name
     * @param options the options
     * @return the lock
     * @throws IllegalArgumentException if the name is not 1 to 1,024 bytes of valid UTF-8, or the store cannot do an option
     */
    DistributedLock lock(String name, LockOptions options);

    /**
     * What the store knows about a lock now. One round trip; informs, and never locks.
     *
     * @param name the name
     * @return the holder, or null if nobody holds the lock
     * @throws BackendException if the store cannot be asked
     */
    @Nullable
    LockInfo inspect(String name);

    /**
     * The locks that are held now and whose names start with a prefix, in no particular order. Read from the store in pages while
     * the stream is consumed.
     *
     * @param prefix the beginning of the names; empty for all
     * @return the held locks
     * @throws IllegalArgumentException if no name can start so: the prefix is not at most 1,024 bytes of valid UTF-8
     * @throws BackendException if the store cannot be asked, or cannot list; also thrown while the stream is consumed
     */
    Stream<LockInfo> list(String prefix);

    /**
     * Makes the holder of a lock lose it: its renewals fail, it is told {@link LeaseLoss#TAKEN_OVER}, and the lock is free after
     * the rest of its lease. For operators.
     *
     * @param name the name
     * @return false if nobody held the lock
     * @throws BackendException if the store cannot be asked, or cannot do this; then the message says what to do
     */
    boolean forceRelease(String name);

    /**
     * Frees a lock at once, while its holder may still believe that it holds it. <b>Exclusion is not promised from here on</b>,
     * except by resources that check tokens. For operators.
     *
     * @param name the name
     * @return false if nobody held the lock
     * @throws BackendException if the store cannot be asked, or cannot do this; then the message says what to do
     */
    boolean forceReleaseNow(String name);

    /**
     * How far the store, as it is deployed, can be trusted. Does no I/O.
     *
     * @return the tier that was found when the client was opened
     */
    Tier tier();

    /**
     * Ends the client: waiters end with {@link ClientClosedException}, leases are invalid at once and told {@link
     * LeaseLoss#CLIENT_CLOSED}, and everything that this client holds is freed. Returns within two seconds; what the store has not
     * confirmed by then comes free when its lease ends. Idempotent.
     */
    @Override
    void close();
}
