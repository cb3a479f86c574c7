// SPDX-License-Identifier: Apache-2.0
/** The engine without a store, against the locks of the JDK: JMH's benchmarks, and the command that runs them in turns. */
@NullMarked
package dev.holdfast.bench.memory;

import org.jspecify.annotations.NullMarked;
