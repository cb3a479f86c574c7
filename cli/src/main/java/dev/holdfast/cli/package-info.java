// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code holdfast}. Start reading at {@code Main}; each command has a class that reads its options ({@code RunCommand},
 * {@code ListCommand}) and others that do the work.
 */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
