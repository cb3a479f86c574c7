// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import dev.holdfast.conformance.FileFixture;
import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import java.io.IOException;

final class FileVirtualConformanceTest extends LockConformance {
    @Override
    protected StoreFixture openStore() throws IOException {
        return new VirtualCallers(new FileFixture());
    }
}
