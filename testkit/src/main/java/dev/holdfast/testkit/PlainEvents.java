// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;

/** For a test that opens a backend without an engine: nobody is told of anything, unless it is overridden. */
public class PlainEvents implements BackendEvents {
    /** For whoever is interested in nothing. */
    public PlainEvents() {}

    @Override
    public void wake(String key) {}

    @Override
    public void contended(Claim claim) {}

    @Override
    public void gone(Claim claim, LeaseLoss why) {}

    @Override
    public void sessionLost(Session session, LeaseLoss why) {}

    @Override
    public void verify() {}
}
