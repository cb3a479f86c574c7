// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;

final class ScriptedPolledBackendConformanceTest extends BackendConformance {
    @Override
    protected StoreFixture openStore() {
        return ScriptedFixture.polled();
    }
}
