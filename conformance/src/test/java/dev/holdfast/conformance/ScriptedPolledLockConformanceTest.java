// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;

final class ScriptedPolledLockConformanceTest extends LockConformance {
    @Override
    protected StoreFixture openStore() {
        return ScriptedFixture.polled();
    }
}
