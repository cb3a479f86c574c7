// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockListener;
import dev.holdfast.LockOptions;
import dev.holdfast.internal.engine.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One client of a race: its machine, its connection, its engine, and what its listener heard. */
final class Client implements LockListener {
    final int index;
    final ManualPlatform platform;
    final ScriptedLink link;
    final Holdfast locks;
    final List<Lease> heardAcquired = new ArrayList<>();
    final List<Lease> heardReleased = new ArrayList<>();
    final List<Lease> heardLost = new ArrayList<>();
    final List<LeaseLoss> lossReasons = new ArrayList<>();
    int heardTimeouts;
    int heardRenewalFailures;
    boolean closed;

    Client(int index, ManualPlatform platform, ScriptedLink link, LockOptions options) {
        this.index = index;
        this.platform = platform;
        this.link = link;
        locks = Engine.open(link.backend(), options, "", List.of(this), null, platform);
    }

    @Override
    public void acquired(Lease lease, Duration waited) {
        heardAcquired.add(lease);
    }

    @Override
    public void timedOut(String lockName, Duration waited) {
        heardTimeouts++;
    }

    @Override
    public void renewalFailed(Lease lease, Throwable cause) {
        heardRenewalFailures++;
    }

    @Override
    public void lost(Lease lease, LeaseLoss loss) {
        heardLost.add(lease);
        lossReasons.add(loss);
    }

    @Override
    public void released(Lease lease, Duration held) {
        heardReleased.add(lease);
    }
}
