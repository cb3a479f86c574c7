// SPDX-License-Identifier: Apache-2.0
/** What came of a comparison: a table for people, JSON for programs. Start reading at {@code Comparison}. */
@NullMarked
package dev.holdfast.load.report;

import org.jspecify.annotations.NullMarked;
