// SPDX-License-Identifier: Apache-2.0
/**
 * Real servers for tests and measurements: each is found on this machine, started on a free port of 127.0.0.1 with its data in a
 * temporary directory, and gone when the JVM is gone. Start at {@link dev.holdfast.testkit.servers.RedisServer}; all others are used in the
 * same way.
 */
@NullMarked
package dev.holdfast.testkit.servers;

import org.jspecify.annotations.NullMarked;
