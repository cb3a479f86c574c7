// SPDX-License-Identifier: Apache-2.0
/** The conformance suites on the backends that come with the core, and on the testkit's own stores. */
@NullMarked
package dev.holdfast.conformance;

import org.jspecify.annotations.NullMarked;
