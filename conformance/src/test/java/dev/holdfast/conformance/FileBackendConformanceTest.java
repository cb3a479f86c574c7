// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import java.io.IOException;

final class FileBackendConformanceTest extends BackendConformance {
    @Override
    protected StoreFixture openStore() throws IOException {
        return new FileFixture();
    }
}
