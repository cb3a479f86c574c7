// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import java.io.IOException;

final class FileLockConformanceTest extends LockConformance {
    @Override
    protected StoreFixture openStore() throws IOException {
        return new FileFixture();
    }
}
