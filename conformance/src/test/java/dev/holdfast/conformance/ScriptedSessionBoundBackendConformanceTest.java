// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;

final class ScriptedSessionBoundBackendConformanceTest extends BackendConformance {
    @Override
    protected StoreFixture openStore() {
        return ScriptedFixture.sessionBound();
    }
}
