// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ClientClosedException;
import dev.holdfast.DistributedLock;
import dev.holdfast.Lease;
import dev.holdfast.ReleaseResult;
import dev.holdfast.internal.engine.Engine;
import dev.holdfast.schedules.Scenario;
import dev.holdfast.schedules.Turns;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Threads that meet at one lock. After each, the stage checks that the lock is free. */
public enum Race implements Scenario {
    CANCEL_AGAINST_GRANT {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            DistributedLock lock = stage.client().lock(Stage.LOCK);
            Lease first = stage.take(lock);
            CompletableFuture<Lease> waiting = lock.acquireAsync();
            turns.actor("holder", () -> assertThat(first.release()).isNotEqualTo(ReleaseResult.ALREADY_LOST));
            turns.actor("canceller", () -> {
                if (!waiting.cancel(false)) {
                    stage.use(waiting.join());
                }
            });
            stage.play();
        }
    },

    INTERRUPT_AGAINST_HANDOVER {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            DistributedLock lock = stage.client().lock(Stage.LOCK);
            Lease first = stage.take(lock);
            turns.actor("holder", first::release);
            turns.actor("waiter", () -> {
                try {
                    stage.use(lock::acquire);
                } catch (InterruptedException e) {
                    assertThat(e).hasMessageContaining("waiting for");
                }
            });
            turns.actor("interrupter", () -> turns.interrupt("waiter"));
            turns.actor("patient", () -> stage.use(lock::acquire));
            stage.play();
        }
    },

    RELEASE_AGAINST_LOSS {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            Engine client = stage.client();
            Lease lease = stage.take(client.lock(Stage.LOCK));
            CompletableFuture<?> lost = lease.whenLost().toCompletableFuture();
            ReleaseResult[] result = new ReleaseResult[1];
            boolean[] forced = new boolean[1];
            Engine operator = stage.client();
            turns.actor("holder", () -> result[0] = lease.release());
            turns.actor("operator", () -> forced[0] = operator.forceRelease(Stage.LOCK));
            stage.play();
            if (lost.isDone()) {
                assertThat(result[0]).as("the release of a lost lease").isEqualTo(ReleaseResult.ALREADY_LOST);
            }
            // Forced while it was being released: nobody is told of a loss, and the store had nothing left to free.
            assertThat(forced[0] || result[0] != ReleaseResult.ALREADY_LOST).isTrue();
        }
    },

    CLOSE_AGAINST_ACQUIRE {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            Engine closing = stage.client();
            DistributedLock lock = closing.lock(Stage.LOCK);
            turns.actor("closer", closing::close);
            turns.actor("acquirer", () -> {
                Lease lease;
                try {
                    lease = lock.acquire();
                } catch (ClientClosedException e) {
                    return;
                }
                lease.release();
            });
            stage.play();
        }
    },

    CLOSE_AGAINST_GRANT {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            Engine closing = stage.client();
            Lease first = stage.take(stage.client().lock(Stage.LOCK));
            DistributedLock lock = closing.lock(Stage.LOCK);
            CompletableFuture<Lease> waiting = lock.acquireAsync();
            turns.actor("closer", closing::close);
            turns.actor("holder", first::release);
            stage.play();
            if (!waiting.isCompletedExceptionally()) {
                assertThat(waiting.join().isHeld())
                        .as("a lease of a closed client")
                        .isFalse();
            }
        }
    },

    HANDOVER_AGAINST_TIMEOUT {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            DistributedLock lock = stage.client().lock(Stage.LOCK);
            Lease first = stage.take(lock);
            turns.actor("waiter", () -> stage.use(() -> lock.tryAcquire(Duration.ofMillis(100))));
            turns.actor("holder", first::release);
            turns.actor("patient", () -> stage.use(lock::acquire));
            stage.play();
        }
    },

    GRANT_OF_THE_STORE_AGAINST_TIMEOUT {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            Lease first = stage.take(stage.client().lock(Stage.LOCK));
            DistributedLock lock = stage.client().lock(Stage.LOCK);
            turns.actor("waiter", () -> stage.use(() -> lock.tryAcquire(Duration.ofMillis(100))));
            turns.actor("holder", first::release);
            stage.play();
        }
    },

    LAST_RELEASE_AGAINST_FIRST_ACQUIRE {
        @Override
        public void run(Turns turns) throws Exception {
            Stage stage = new Stage(turns);
            Engine client = stage.client();
            DistributedLock lock = client.lock(Stage.LOCK);
            DistributedLock sameName = client.lock(Stage.LOCK);
            DistributedLock ofAnother = stage.client().lock(Stage.LOCK);
            turns.actor("first", () -> stage.use(lock::acquire));
            turns.actor("second", () -> stage.use(sameName::acquire));
            turns.actor("third", () -> stage.use(ofAnother::acquire));
            stage.play();
        }
    }
}
