// SPDX-License-Identifier: Apache-2.0
/** Callers on virtual threads: the conformance suite, crowds of them, and carriers that nothing may block. */
@NullMarked
package dev.holdfast.newest;

import org.jspecify.annotations.NullMarked;
