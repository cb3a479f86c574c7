// SPDX-License-Identifier: Apache-2.0
/** The locks on SQL data bases that this project is compared with, and the bare statements. All go through a pool of connections. */
@NullMarked
package dev.holdfast.bench.contender.sql;

import org.jspecify.annotations.NullMarked;
