// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.testkit.Scene.Client;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import org.junit.jupiter.api.Test;

/** Other processes on the same store. */
interface ProcessCases {
    @Test
    @Needs(Capability.PROCESSES)
    default void process_holdsTheLock_excludesThisOneUntilItIsKilled(Scene scene) throws Exception {
        Client client = scene.client();
        Lease first = client.take("job");
        first.release();
        try (WorkerProcess other = LockWorker.start(scene.store().uri())) {
            other.ask("wait job");
            long token = Long.parseLong(other.ask("token job"));
            assertThat(token).isGreaterThan(first.token());
            assertThat(client.lock("job").tryAcquire()).isNull();
            other.kill();
            // A killed holder's lease is one of 30 seconds, unless the fixture's URI says otherwise.
            Lease next = client.lock("job").acquire(scene.patience());
            assertThat(next.token()).isGreaterThan(token);
        }
    }
}
