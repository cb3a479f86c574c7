// SPDX-License-Identifier: Apache-2.0
/** {@code holdfast bench}: figures of locks on the user's own servers. Start reading at {@code BenchCommand}. */
@NullMarked
package dev.holdfast.cli.bench;

import org.jspecify.annotations.NullMarked;
