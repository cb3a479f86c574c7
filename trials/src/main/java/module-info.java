// SPDX-License-Identifier: Apache-2.0
/** Tries a lock out under faults: processes, a proxy, histories and what they prove. */
@SuppressWarnings("module") // The testkit, which may find ports in the same way, is built after this module.
module dev.holdfast.trials {
    requires transitive dev.holdfast;
    requires static transitive org.jspecify;

    exports dev.holdfast.trials.history;
    exports dev.holdfast.trials.loopback to
            dev.holdfast.testkit;
    exports dev.holdfast.trials.process;
    exports dev.holdfast.trials.proxy;
    exports dev.holdfast.trials.torture;
}
