// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code holdfast}. Start reading at {@code Main}; each command has a package, in which one class reads its options ({@code RunCommand})
 * and others do the work. Commands share {@code console}, {@code options}, {@code signals} and {@code page}, and nothing else.
 */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
