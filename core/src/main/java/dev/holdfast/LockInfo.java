// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import dev.holdfast.spi.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a store knows about a held lock, as far as it can tell. Already old when it is read: it informs, and never locks. */
public final class LockInfo {
    private final String name;
    private final @Nullable String ownerLabel;
    private final @Nullable Long token;
    private final @Nullable Instant since;
    private final @Nullable Duration remaining;
    private final @Nullable Integer waiters;

    private LockInfo(Builder from) {
        name = from.name;
        ownerLabel = from.ownerLabel;
        token = from.token;
        since = from.since;
        remaining = from.remaining;
        waiters = from.waiters;
    }

    /**
     * Starts to describe a held lock. For backends.
     *
     * @param name the full name of the lock
     * @return a builder that knows nothing else
     */
    public static Builder of(String name) {
        return new Builder(name);
    }

    /**
     * The name of the lock.
     *
     * @return the full name
     */
    public String name() {
        return name;
    }

    /**
     * Who holds the lock, for people.
     *
     * @return the holder's {@link LockOptions#ownerLabel()}, or null if unknown
     */
    public @Nullable String ownerLabel() {
        return ownerLabel;
    }

    /**
     * The fencing token of the grant that the store knows. The holder's own may be larger by the handovers inside its client.
     *
     * @return the token, or empty if unknown
     */
    public OptionalLong token() {
        return token == null ? OptionalLong.empty() : OptionalLong.of(token);
    }

    /**
     * When the holder got the lock, by the clock of whoever wrote the record.
     *
     * @return the time, or null if unknown
     */
    public @Nullable Instant since() {
        return since;
    }

    /**
     * When the lock comes free if its holder does not renew it.
     *
     * @return the time left, or null if unknown or bound to a session
     */
    public @Nullable Duration remaining() {
        return remaining;
    }

    /**
     * How many clients wait for the lock.
     *
     * @return the number, or empty if the store cannot tell
     */
    public OptionalInt waiters() {
        return waiters == null ? OptionalInt.empty() : OptionalInt.of(waiters);
    }

    /**
     * The same facts under another name: for a backend's caller who knows the name that a key stands for.
     *
     * @param newName the full name
     * @return a changed copy
     */
    public LockInfo withName(String newName) {
        Builder copy = of(newName);
        copy.ownerLabel = ownerLabel;
        copy.token = token;
        copy.since = since;
        copy.remaining = remaining;
        copy.waiters = waiters;
        return copy.build();
    }

    @Override
    public String toString() {
        return "LockInfo[name=" + name + ", ownerLabel=" + ownerLabel + ", token=" + token + ", since=" + since
                + ", remaining=" + remaining + ", waiters=" + waiters + "]";
    }

    /** Describes a held lock. */
    public static final class Builder {
        private final String name;
        private @Nullable String ownerLabel;
        private @Nullable Long token;
        private @Nullable Instant since;
        private @Nullable Duration remaining;
        private @Nullable Integer waiters;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /**
         * Sets {@link LockInfo#ownerLabel()}.
         *
         * @param label the label, or null
         * @return this
         */
        public Builder ownerLabel(@Nullable String label) {
            ownerLabel = label;
            return this;
        }

        /**
         * Sets {@link LockInfo#token()} to the first one of a revision of the store.
         *
         * @param revision the store's revision of the grant
         * @return this
         */
        public Builder revision(long revision) {
            token = Token.first(revision);
            return this;
        }

        /**
         * Sets {@link LockInfo#since()}.
         *
         * @param time the time, or null
         * @return this
         */
        public Builder since(@Nullable Instant time) {
            since = time;
            return this;
        }

        /**
         * Sets {@link LockInfo#remaining()}.
         *
         * @param time the time left, or null
         * @return this
         */
        public Builder remaining(@Nullable Duration time) {
            remaining = time;
            return this;
        }

        /**
         * Sets {@link LockInfo#waiters()}.
         *
         * @param number how many clients wait
         * @return this
         */
        public Builder waiters(int number) {
            waiters = number;
            return this;
        }

        /**
         * The description.
         *
         * @return what was set so far
         */
        public LockInfo build() {
            return new LockInfo(this);
        }
    }
}
