// SPDX-License-Identifier: Apache-2.0
/** The conformance suite: subclass it to prove a backend. */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
