// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.testkit.StoreFixture;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/** Tells a suite which defect its store is to have. */
final class DefectParameter implements TestInstancePostProcessor {
    static final String NAME = "holdfast.defect";

    /** A suite that wants to know. */
    interface Target {
        void use(Defect defect);
    }

    DefectParameter() {}

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) {
        if (instance instanceof Target suite) {
            context.getConfigurationParameter(NAME).map(Defect::valueOf).ifPresent(suite::use);
        }
    }

    static StoreFixture open(Defect defect) {
        return switch (defect) {
            case QUORUM_OF_HALF, QUORUM_OF_MAJORITY -> new QuorumFixture(defect);
            default -> new SmallFixture(defect);
        };
    }
}
