// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;

/** The file backend tells nothing unasked, so anything that comes is a defect. */
final class Events implements BackendEvents {
    @Override
    public void wake(String key) {
        throw new AssertionError(key);
    }

    @Override
    public void contended(Claim claim) {
        throw new AssertionError(claim);
    }

    @Override
    public void gone(Claim claim, LeaseLoss why) {
        throw new AssertionError(why);
    }

    @Override
    public void sessionLost(Session session, LeaseLoss why) {
        throw new AssertionError(why);
    }

    @Override
    public void verify() {
        throw new AssertionError();
    }
}
