// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import dev.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a lock behaves. Immutable: every {@code with} method returns a changed copy, and checks its argument before any I/O.
 *
 * <table>
 * <caption>All options</caption>
 * <tr><th>option</th><th>default</th><th>range</th></tr>
 * <tr><td>{@link #leaseTime()}</td><td>30 s</td><td>100 ms to 366 days</td></tr>
 * <tr><td>{@link #autoRenewal()}</td><td>on</td><td></td></tr>
 * <tr><td>{@link #maxHold()}</td><td>none</td><td>1 ms or more</td></tr>
 * <tr><td>{@link #minHold()}</td><td>none</td><td>up to 366 days, not above maxHold</td></tr>
 * <tr><td>{@link #localHandovers()}</td><td>64</td><td>0 to 1,000,000</td></tr>
 * <tr><td>{@link #ordering()}</td><td>THROUGHPUT</td><td></td></tr>
 * <tr><td>{@link #pollInterval()}</td><td>20 ms</td><td>1 ms to 1 minute</td></tr>
 * <tr><td>{@link #callTimeout()}</td><td>1 s</td><td>1 ms to 1 hour</td></tr>
 * <tr><td>{@link #ownerLabel()}</td><td>host:pid</td><td>up to 255 characters, none of them a control character</td></tr>
 * </table>
 */
public final class LockOptions {
    private static final Duration MIN_LEASE = Duration.ofMillis(100);
    private static final Duration MAX_LEASE = Duration.ofDays(366);
    private static final int MAX_LOCAL_HANDOVERS = 1_000_000;
    private static final int MAX_LABEL = 255;
    private static final LockOptions DEFAULTS = new LockOptions();

    private Duration leaseTime = Duration.ofSeconds(30);
    private boolean autoRenewal = true;
    private @Nullable Duration maxHold;
    private @Nullable Duration minHold;
    private int localHandovers = 64;
    private Ordering ordering = Ordering.THROUGHPUT;
    private Duration pollInterval = Duration.ofMillis(20);
    private Duration callTimeout = Duration.ofSeconds(1);
    private @Nullable String ownerLabel;

    private LockOptions() {}

    private LockOptions(LockOptions other) {
        leaseTime = other.leaseTime;
        autoRenewal = other.autoRenewal;
        maxHold = other.maxHold;
        minHold = other.minHold;
        localHandovers = other.localHandovers;
        ordering = other.ordering;
        pollInterval = other.pollInterval;
        callTimeout = other.callTimeout;
        ownerLabel = other.ownerLabel;
    }

    /**
     * All options at their defaults.
     *
     * @return the defaults
     */
    public static LockOptions defaults() {
        return DEFAULTS;
    }

    /**
     * For how long the store keeps the lock without a renewal: after a crash of the holder others get the lock at the latest then.
     * A store whose floor is higher grants the floor; {@link Lease#leaseTime()} tells.
     *
     * @return the time; 30 s unless changed
     */
    public Duration leaseTime() {
        return leaseTime;
    }

    /**
     * Whether the lease is renewed at a third of its time until it is released. When off, the lease ends after {@link #leaseTime()},
     * on every store.
     *
     * @return true unless changed
     */
    public boolean autoRenewal() {
        return autoRenewal;
    }

    /**
     * The longest time that a lease may be held. Then the client tells {@link LeaseLoss#MAX_HOLD_REACHED} and releases the lock.
     *
     * @return the time, or null for no limit, the default
     */
    public @Nullable Duration maxHold() {
        return maxHold;
    }

    /**
     * For how long after its acquisition the lock stays taken even if it is released sooner, so that twenty hosts' cron jobs run
     * once. A lease with a longer minHold than {@link #leaseTime()} is taken for that time. Where a lock ends with its process
     * ({@code memory:}, {@code file:}), it still does.
     *
     * @return the time, or null for none, the default
     */
    public @Nullable Duration minHold() {
        return minHold;
    }

    /**
     * How many times in a row a lock may pass from one waiter of this client to the next while another client waits for it; at most
     * for 100 ms and for a quarter of the lease time. Zero turns local handover off: every grant comes from the store.
     *
     * @return the number; 64 unless changed
     */
    public int localHandovers() {
        return localHandovers;
    }

    /**
     * In which order the waiters of this client get the lock.
     *
     * @return {@link Ordering#THROUGHPUT} unless changed
     */
    public Ordering ordering() {
        return ordering;
    }

    /**
     * How often a waiter asks a store that cannot push, on average; every pause is jittered. On a store that has neither a line nor a
     * signal that others wait, it is also for how long a client leaves a lock free for others, at least 20 ms, after its own callers kept it for five times as long.
     *
     * @return the time; 20 ms unless changed
     */
    public Duration pollInterval() {
        return pollInterval;
    }

    /**
     * How long one call to the store may take before it counts as failed.
     *
     * @return the time; 1 s unless changed
     */
    public Duration callTimeout() {
        return callTimeout;
    }

    /**
     * Who holds the lock, for people: shown by {@link Holdfast#inspect}. Never used to tell owners apart.
     *
     * @return the label, or null for the default, {@code host:pid}
     */
    public @Nullable String ownerLabel() {
        return ownerLabel;
    }

    /**
     * Changes {@link #leaseTime()}.
     *
     * @param time 100 ms to 366 days
     * @return a changed copy
     */
    public LockOptions withLeaseTime(Duration time) {
        LockOptions copy = new LockOptions(this);
        copy.leaseTime = inRange("leaseTime", time, MIN_LEASE, MAX_LEASE);
        return copy;
    }

    /**
     * Changes {@link #autoRenewal()}.
     *
     * @param on whether to renew
     * @return a changed copy
     */
    public LockOptions withAutoRenewal(boolean on) {
        LockOptions copy = new LockOptions(this);
        copy.autoRenewal = on;
        return copy;
    }

    /**
     * Changes {@link #maxHold()}.
     *
     * @param time 1 ms or more, not below {@link #minHold()}; or null for no limit
     * @return a changed copy
     */
    public LockOptions withMaxHold(@Nullable Duration time) {
        LockOptions copy = new LockOptions(this);
        copy.maxHold = time == null
                ? null
                : inRange("maxHold", time, Duration.ofMillis(1), Duration.ofSeconds(Long.MAX_VALUE));
        return copy.checkHolds();
    }

    /**
     * Changes {@link #minHold()}.
     *
     * @param time up to 366 days, not above {@link #maxHold()}; null or zero for none
     * @return a changed copy
     */
    public LockOptions withMinHold(@Nullable Duration time) {
        LockOptions copy = new LockOptions(this);
        copy.minHold = time == null || time.isZero() ? null : inRange("minHold", time, Duration.ZERO, MAX_LEASE);
        return copy.checkHolds();
    }

    /**
     * Changes {@link #localHandovers()}.
     *
     * @param times 0 to 1,000,000
     * @return a changed copy
     */
    public LockOptions withLocalHandovers(int times) {
        if (times < 0 || times > MAX_LOCAL_HANDOVERS) {
            throw new IllegalArgumentException(
                    "localHandovers is " + times + "; it must be from 0 to " + MAX_LOCAL_HANDOVERS);
        }
        LockOptions copy = new LockOptions(this);
        copy.localHandovers = times;
        return copy;
    }

    /**
     * Changes {@link #ordering()}.
     *
     * @param order the order
     * @return a changed copy
     */
    public LockOptions withOrdering(Ordering order) {
        LockOptions copy = new LockOptions(this);
        copy.ordering = Objects.requireNonNull(order, "ordering");
        return copy;
    }

    /**
     * Changes {@link #pollInterval()}.
     *
     * @param time 1 ms to 1 minute
     * @return a changed copy
     */
    public LockOptions withPollInterval(Duration time) {
        LockOptions copy = new LockOptions(this);
        copy.pollInterval = inRange("pollInterval", time, Duration.ofMillis(1), Duration.ofMinutes(1));
        return copy;
    }

    /**
     * Changes {@link #callTimeout()}.
     *
     * @param time 1 ms to 1 hour
     * @return a changed copy
     */
    public LockOptions withCallTimeout(Duration time) {
        LockOptions copy = new LockOptions(this);
        copy.callTimeout = inRange("callTimeout", time, Duration.ofMillis(1), Duration.ofHours(1));
        return copy;
    }

    /**
     * Changes {@link #ownerLabel()}.
     *
     * @param label up to 255 characters, none of them a control character; or null for the default
     * @return a changed copy
     */
    public LockOptions withOwnerLabel(@Nullable String label) {
        if (label != null && (label.length() > MAX_LABEL || label.codePoints().anyMatch(Character::isISOControl))) {
            throw new IllegalArgumentException(
                    "ownerLabel must have at most " + MAX_LABEL + " characters and no control characters");
        }
        LockOptions copy = new LockOptions(this);
        copy.ownerLabel = label;
        return copy;
    }

    private LockOptions checkHolds() {
        if (maxHold != null && minHold != null && minHold.compareTo(maxHold) > 0) {
            throw new IllegalArgumentException(
                    "minHold (" + text(minHold) + ") is above maxHold (" + text(maxHold) + ")");
        }
        return this;
    }

    private static String text(Duration time) {
        return time.isNegative() ? time.toString() : Durations.format(time);
    }

    private static Duration inRange(String option, Duration time, Duration min, Duration max) {
        Objects.requireNonNull(time, option);
        if (time.compareTo(min) < 0 || time.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    option + " is " + text(time) + "; it must be from " + text(min) + " to " + text(max));
        }
        return time;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LockOptions that
                && leaseTime.equals(that.leaseTime)
                && autoRenewal == that.autoRenewal
                && Objects.equals(maxHold, that.maxHold)
                && Objects.equals(minHold, that.minHold)
                && localHandovers == that.localHandovers
                && ordering == that.ordering
                && pollInterval.equals(that.pollInterval)
                && callTimeout.equals(that.callTimeout)
                && Objects.equals(ownerLabel, that.ownerLabel);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                leaseTime,
                autoRenewal,
                maxHold,
                minHold,
                localHandovers,
                ordering,
                pollInterval,
                callTimeout,
                ownerLabel);
    }

    @Override
    public String toString() {
        return "LockOptions[leaseTime=" + leaseTime + ", autoRenewal=" + autoRenewal + ", maxHold=" + maxHold
                + ", minHold="
                + minHold + ", localHandovers=" + localHandovers + ", ordering=" + ordering + ", pollInterval="
                + pollInterval
                + ", callTimeout=" + callTimeout + ", ownerLabel=" + ownerLabel + "]";
    }
}
