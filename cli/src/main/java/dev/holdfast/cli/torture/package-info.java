// SPDX-License-Identifier: Apache-2.0
/** {@code holdfast torture}: whether locks hold while things go wrong. Start reading at {@code TortureCommand}. */
@NullMarked
package dev.holdfast.cli.torture;

import org.jspecify.annotations.NullMarked;
