// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lock files that this JVM has open, shared by all copies of this class, whatever class loader they come from.
 *
 * <p>Closing any descriptor of a file drops all of the process's locks on it, so two class loaders must not open the same lock file
 * twice. The system properties are the only table of the JDK's core that every class loader reaches and that takes any object. The
 * price is that {@code Properties.list} and {@code store} fail on a value that is no string, so the entry is there only while it is in
 * use. Everything in it is of a type of the JDK; the keys and types are a protocol between versions of this library.
 */
final class JvmLocks {
    static final String PROPERTY = "dev.holdfast.file.locks";

    private static final int MAX_BLOCKED = 64;
    private static final int MAX_RESTING = 64;
    private static final long SHORTEST_PAUSE = 5_000_000;
    private static final long LONGEST_PAUSE = 50_000_000;

    /** Outlives a {@code System.setProperties} by somebody else, at least for the users in this class loader. */
    private static final Map<String, Object> OWN = Map.of(
            "users", new AtomicInteger(),
            "files", new ConcurrentHashMap<String, @Nullable Object[]>(),
            "blocked", new AtomicInteger(),
            "resting", ConcurrentHashMap.<String>newKeySet(),
            "polled", ConcurrentHashMap.<String>newKeySet(),
            "polling", new AtomicBoolean());

    private final Map<String, Object> shared;
    private final AtomicInteger users;
    private final Map<String, @Nullable Object[]> files;
    private final AtomicInteger blocked;
    /** The ids of files that stay open although nobody uses them. */
    private final Set<String> resting;

    private final Set<String> polled;
    private final AtomicBoolean polling;

    private JvmLocks(Map<String, Object> shared) {
        this.shared = shared;
        users = cell("users");
        files = cell("files");
        blocked = cell("blocked");
        resting = cell("resting");
        polled = cell("polled");
        polling = cell("polling");
    }

    /** The table, in use until {@link #close}. */
    static JvmLocks open() {
        JvmLocks own = new JvmLocks(OWN);
        JvmLocks[] chosen = {own};
        System.getProperties().compute(PROPERTY, (key, present) -> {
            JvmLocks published = published(present);
            if (published != null && !own.inUse()) {
                chosen[0] = published;
            }
            chosen[0].users.incrementAndGet();
            return published == null ? OWN : present;
        });
        return chosen[0];
    }

    @SuppressWarnings("unchecked")
    private static @Nullable JvmLocks published(@Nullable Object present) {
        return present instanceof Map<?, ?> map ? new JvmLocks((Map<String, Object>) map) : null;
    }

    /** A user is done. Files that rest are closed with whatever user is done first: the others open theirs again. */
    void close() {
        users.decrementAndGet();
        List.copyOf(files.keySet()).forEach(this::retire);
        unpublish();
    }

    private void unpublish() {
        System.getProperties().compute(PROPERTY, (key, present) -> present == shared && !inUse() ? null : present);
    }

    private boolean inUse() {
        return users.get() > 0 || !files.isEmpty();
    }

    /** Lets a file that nobody uses stay open, in place of another one. Called without any file's guard. */
    void rest(String id) {
        if (resting.add(id)) {
            // Two threads may choose the same one.
            while (resting.size() > MAX_RESTING) {
                resting.stream().filter(other -> !other.equals(id)).findAny().ifPresent(this::retire);
            }
        }
        if (users.get() == 0) {
            // The last client was closed meanwhile.
            retire(id);
            unpublish();
        }
    }

    private void retire(String id) {
        resting.remove(id);
        LockFile.retire(this, id);
    }

    /** The open lock files by identity. */
    Map<String, @Nullable Object[]> files() {
        return files;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T cell(String name) {
        Object value = shared.get(name);
        if (value == null) {
            throw new IllegalStateException("The system property " + PROPERTY + " has no " + name
                    + ": it was made by a version of Holdfast that this one cannot share a JVM with");
        }
        return (T) value;
    }

    /** Whether one more thread may block in the kernel; if so, {@link #unblocked} must follow. */
    boolean mayBlock() {
        if (blocked.incrementAndGet() <= MAX_BLOCKED) {
            return true;
        }
        blocked.decrementAndGet();
        return false;
    }

    void unblocked() {
        blocked.decrementAndGet();
    }

    /** Starts a thread that keeps neither the JVM nor a class loader of the caller's alive. */
    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
        return thread;
    }

    boolean isPolled(String id) {
        return polled.contains(id);
    }

    void stopPolling(String id) {
        polled.remove(id);
    }

    /** Tries for a lock file's queue every now and then, on the one thread for all of them. */
    void poll(String id) {
        polled.add(id);
        if (polling.compareAndSet(false, true)) {
            start("holdfast-file-poll", this::pollAll);
        }
    }

    private void pollAll() {
        long pause = SHORTEST_PAUSE;
        do {
            while (!polled.isEmpty()) {
                LockSupport.parkNanos(this, pause);
                boolean progress = false;
                for (String id : polled) {
                    progress |= tryFor(id);
                }
                pause = progress ? SHORTEST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
            }
            polling.set(false);
        } while (!polled.isEmpty() && polling.compareAndSet(false, true));
    }

    private boolean tryFor(String id) {
        try {
            return LockFile.poll(this, id);
        } catch (RuntimeException e) {
            // A defect in what a claim does with its answer must not end the waiting of all others.
            System.getLogger("dev.holdfast.file").log(System.Logger.Level.ERROR, "Granting " + id + " failed", e);
            return false;
        }
    }
}
