// SPDX-License-Identifier: Apache-2.0
/** Stores with one defect each, which the conformance suite must catch, and the correct stores that they are made from. */
@NullMarked
package dev.holdfast.testkit.broken;

import org.jspecify.annotations.NullMarked;
