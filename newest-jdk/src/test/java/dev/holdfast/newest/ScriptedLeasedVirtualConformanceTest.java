// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import dev.holdfast.conformance.ScriptedFixture;
import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;

final class ScriptedLeasedVirtualConformanceTest extends LockConformance {
    @Override
    protected StoreFixture openStore() {
        return new VirtualCallers(ScriptedFixture.leased());
    }
}
