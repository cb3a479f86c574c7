// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import org.junit.jupiter.api.Nested;

/**
 * The contract of {@link dev.holdfast.spi.LockBackend}, tested on one backend without the engine: subclass it and say how to open the
 * store. To be passed before {@link LockConformance}, because its failures point at one method of the backend.
 */
public abstract class BackendConformance extends ConformanceSuite {
    /** For subclasses. */
    protected BackendConformance() {}

    @Nested
    final class Grant implements GrantContract {}

    @Nested
    final class Release implements ReleaseContract {}

    @Nested
    final class Renewal implements RenewalContract {}

    @Nested
    final class Line implements LineContract {}

    @Nested
    final class Revision implements RevisionContract {}

    @Nested
    final class Outage implements OutageContract {}

    @Nested
    final class Session implements SessionContract {}

    @Nested
    final class Records implements RecordContract {}
}
