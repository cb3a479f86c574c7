// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import org.junit.jupiter.api.Nested;

/**
 * The promises of the API, tested on one store: subclass it and say how to open the store. Runs in real time, in one process, with
 * waits that poll; see docs/conformance.md.
 *
 * <p>The cases stand by topic in interfaces, each of which is a nested test class here. All of them run; what a store cannot do is stated by
 * {@link StoreFixture#lacks()}.
 */
public abstract class LockConformance extends ConformanceSuite {
    /** For subclasses. */
    protected LockConformance() {}

    @Nested
    final class Exclusion implements ExclusionCases {}

    @Nested
    final class Outage implements OutageCases {}

    @Nested
    final class Token implements TokenCases {}

    @Nested
    final class Renewal implements RenewalCases {}

    @Nested
    final class Loss implements LossCases {}

    @Nested
    final class Callback implements CallbackCases {}

    @Nested
    final class Release implements ReleaseCases {}

    @Nested
    final class Cancellation implements CancellationCases {}

    @Nested
    final class Timeout implements TimeoutCases {}

    @Nested
    final class Name implements NameCases {}

    @Nested
    final class Reentrancy implements ReentrancyCases {}

    @Nested
    final class Scope implements ScopeCases {}

    @Nested
    final class Ordering implements OrderingCases {}

    @Nested
    final class HoldTime implements HoldTimeCases {}

    @Nested
    final class Listener implements ListenerCases {}

    @Nested
    final class Operator implements OperatorCases {}

    @Nested
    final class Close implements CloseCases {}

    @Nested
    final class Processes implements ProcessCases {}

    @Nested
    final class Scale implements ScaleCases {}
}
