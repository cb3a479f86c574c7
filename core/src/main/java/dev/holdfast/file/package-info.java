// SPDX-License-Identifier: Apache-2.0
/**
 * Locks between the processes of one machine: one file per lock in a directory, locked by the kernel, so that a crash frees it at
 * once.
 *
 * <p>Start reading at {@link dev.holdfast.file.FileBackend}. {@code LockFile} is one lock file of this JVM and whose turn it is,
 * {@code JvmLocks} the table of them that all class loaders share, {@code HolderRecord} what stands beside a lock file.
 */
@NullMarked
package dev.holdfast.file;

import org.jspecify.annotations.NullMarked;
