// SPDX-License-Identifier: Apache-2.0
/** The conformance suite for lock backends, and the tools that it uses. */
module dev.holdfast.testkit {
    requires transitive dev.holdfast;
    requires transitive dev.holdfast.trials;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires transitive org.assertj.core;
    requires java.management;
    requires jdk.management;
    requires static transitive org.jspecify;

    exports dev.holdfast.testkit;
    exports dev.holdfast.testkit.scripted;
    exports dev.holdfast.testkit.servers;

    // The cases stand in interfaces that are not public.
    opens dev.holdfast.testkit to
            org.junit.platform.commons;
}
