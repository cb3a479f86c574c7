// SPDX-License-Identifier: Apache-2.0
/** {@code holdfast demo}: processes that count, with a lock and without. Start reading at {@code DemoCommand}. */
@NullMarked
package dev.holdfast.cli.demo;

import org.jspecify.annotations.NullMarked;
