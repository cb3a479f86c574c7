// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises of the API on a store with a defect. Only run by {@link KillTableTest}. */
@ExtendWith(DefectParameter.class)
final class BrokenLock extends LockConformance implements DefectParameter.Target {
    private Defect defect = Defect.NONE;

    @Override
    public void use(Defect value) {
        defect = value;
    }

    @Override
    protected StoreFixture openStore() {
        return DefectParameter.open(defect);
    }
}
