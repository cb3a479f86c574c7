// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What both suites have in common: each test gets a store of its own. */
@ExtendWith(ConformanceExtension.class)
@Timeout(value = 90, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ConformanceSuite {
    ConformanceSuite() {}

    /**
     * Opens an empty store for one test. The suite closes it.
     *
     * @return the store
     * @throws Exception if there is none; the test fails
     */
    protected abstract StoreFixture openStore() throws Exception;
}
