// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.BackendException;
import dev.holdfast.DistributedLock;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.internal.engine.Engine;
import dev.holdfast.memory.MemoryBackend;
import dev.holdfast.schedules.Turns;
import dev.holdfast.schedules.Woven;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Clients of one group of {@code memory:}, and who is inside the lock. */
final class Stage {
    static final String LOCK = "job";

    /** Kept, because the logging system itself does not. Losses are what is played here. */
    private static final Logger LOG = Logger.getLogger("dev.holdfast");

    static {
        LOG.setLevel(Level.OFF);
    }

    private final Turns turns;
    private final Machine machine = new Machine();
    private final String group = UUID.randomUUID().toString();
    private final List<Engine> clients = new ArrayList<>();
    private int inside;
    private long lastToken;

    Stage(Turns turns) {
        this.turns = turns;
    }

    Engine client() {
        Engine client = Engine.open(new MemoryBackend(group), LockOptions.defaults(), "", List.of(), null, machine);
        clients.add(client);
        return client;
    }

    Lease take(DistributedLock lock) {
        Lease lease = lock.tryAcquire();
        assertThat(lease).as("a lease on a free lock").isNotNull();
        lastToken = lease.token();
        return lease;
    }

    /** How a thread asks for the lock. */
    @FunctionalInterface
    interface Ask {
        @Nullable
        Lease ask() throws Exception;
    }

    /** Asks, and uses what it gets. Time may pass while a request is on its way, which looks like a silent store. */
    void use(Ask ask) throws Exception {
        Lease lease;
        try {
            lease = ask.ask();
        } catch (BackendException e) {
            assertThat(e.isTransient()).isTrue();
            return;
        }
        if (lease != null) {
            use(lease);
        }
    }

    /** Is inside for a while, and releases. */
    void use(Lease lease) {
        assertThat(inside++).as("holders inside").isZero();
        assertThat(lease.token()).as("the token").isGreaterThan(lastToken);
        lastToken = lease.token();
        Woven.point("inside");
        assertThat(lease.isHeld()).isTrue();
        inside--;
        lease.release();
    }

    /** Plays the threads; when they have ended, the lock must be free. */
    void play() throws Exception {
        machine.serve(turns);
        turns.play();
        machine.runTasks();
        take(client().lock(LOCK)).release();
        machine.runTasks();
        clients.forEach(Engine::close);
    }
}
