// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

/** The call timeout of clients in tests that are about something else: a busy machine takes its time, and a single try has no more than this. */
public final class PatientCalls {
    private PatientCalls() {}

    /**
     * Adds a call timeout of 5 s to the parameters of a URI, unless they have one.
     *
     * @param parameters what stands behind the {@code ?}, perhaps nothing
     * @return the same with a call timeout
     */
    public static String in(String parameters) {
        return (parameters.contains("call-timeout") ? "" : "call-timeout=5s&") + parameters;
    }
}
