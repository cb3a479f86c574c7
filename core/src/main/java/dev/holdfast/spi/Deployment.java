// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.Tier;
import java.time.Duration;
import java.util.Objects;

/**
 * What a backend found when it was opened: how far the store can be trusted and what it can do. Immutable; every {@code with} method
 * returns a changed copy.
 */
public final class Deployment {
    /** What ends a lock whose holder says nothing any more. */
    public enum Expiry {
        /** Each lock has its own lease in the store, which the engine renews. */
        PER_LOCK,
        /** The lock ends with its {@link Session}, which the backend keeps alive. */
        SESSION
    }

    private final Tier tier;
    private final Expiry expiry;
    private KeySpace keySpace = KeySpace.ANY;
    private boolean line;
    private boolean demand;
    private boolean blocking;
    private Duration leaseFloor = Duration.ZERO;
    private Duration leaseCeiling = Duration.ofSeconds(Long.MAX_VALUE);

    private Deployment(Tier tier, Expiry expiry) {
        this.tier = Objects.requireNonNull(tier, "tier");
        this.expiry = Objects.requireNonNull(expiry, "expiry");
    }

    private Deployment copy() {
        Deployment copy = new Deployment(tier, expiry);
        copy.keySpace = keySpace;
        copy.line = line;
        copy.demand = demand;
        copy.blocking = blocking;
        copy.leaseFloor = leaseFloor;
        copy.leaseCeiling = leaseCeiling;
        return copy;
    }

    /**
     * A deployment with neither line nor demand signal, whose calls do not block and whose keys may be any name.
     *
     * @param tier how far it can be trusted
     * @param expiry what ends a lock
     * @return the deployment
     */
    public static Deployment of(Tier tier, Expiry expiry) {
        return new Deployment(tier, expiry);
    }

    /**
     * How far the deployment can be trusted.
     *
     * @return the tier
     */
    public Tier tier() {
        return tier;
    }

    /**
     * What ends a lock whose holder says nothing any more.
     *
     * @return per lock or per session
     */
    public Expiry expiry() {
        return expiry;
    }

    /**
     * Which keys the store can hold readably.
     *
     * @return the key space; {@link KeySpace#ANY} unless set
     */
    public KeySpace keySpace() {
        return keySpace;
    }

    /**
     * Whether clients wait in a line that the store keeps, so that a client which asks again after a release comes behind those that
     * wait already.
     *
     * @return false unless set
     */
    public boolean line() {
        return line;
    }

    /**
     * Whether the backend tells {@link BackendEvents#contended} while another client waits for a lock that this one holds.
     *
     * @return false unless set
     */
    public boolean demand() {
        return demand;
    }

    /**
     * Whether calls block on I/O and answer before they return. Then the engine makes them on the thread of the caller who
     * wants the answer, or on a thread of its own.
     *
     * @return false unless set
     */
    public boolean blocking() {
        return blocking;
    }

    /**
     * The shortest lease that the store can keep; shorter ones are raised to it.
     *
     * @return zero unless set
     */
    public Duration leaseFloor() {
        return leaseFloor;
    }

    /**
     * The longest lease that the store can keep; longer ones are refused.
     *
     * @return unlimited unless set
     */
    public Duration leaseCeiling() {
        return leaseCeiling;
    }

    /**
     * Changes {@link #keySpace()}.
     *
     * @param value the key space
     * @return a changed copy
     */
    public Deployment withKeySpace(KeySpace value) {
        Deployment copy = copy();
        copy.keySpace = Objects.requireNonNull(value, "keySpace");
        return copy;
    }

    /**
     * Changes {@link #line()}.
     *
     * @param value whether the store keeps a line
     * @return a changed copy
     */
    public Deployment withLine(boolean value) {
        Deployment copy = copy();
        copy.line = value;
        return copy;
    }

    /**
     * Changes {@link #demand()}.
     *
     * @param value whether rivals are told of
     * @return a changed copy
     */
    public Deployment withDemand(boolean value) {
        Deployment copy = copy();
        copy.demand = value;
        return copy;
    }

    /**
     * Changes {@link #blocking()}.
     *
     * @param value whether calls block
     * @return a changed copy
     */
    public Deployment withBlocking(boolean value) {
        Deployment copy = copy();
        copy.blocking = value;
        return copy;
    }

    /**
     * Changes {@link #leaseFloor()} and {@link #leaseCeiling()}.
     *
     * @param floor the shortest lease
     * @param ceiling the longest lease
     * @return a changed copy
     */
    public Deployment withLeases(Duration floor, Duration ceiling) {
        Deployment copy = copy();
        copy.leaseFloor = Objects.requireNonNull(floor, "floor");
        copy.leaseCeiling = Objects.requireNonNull(ceiling, "ceiling");
        return copy;
    }
}
