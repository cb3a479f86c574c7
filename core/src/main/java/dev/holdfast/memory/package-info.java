// SPDX-License-Identifier: Apache-2.0
/** Locks for the threads of one JVM: the engine with nothing behind it. Start at {@link dev.holdfast.memory.MemoryBackend}. */
@NullMarked
package dev.holdfast.memory;

import org.jspecify.annotations.NullMarked;
