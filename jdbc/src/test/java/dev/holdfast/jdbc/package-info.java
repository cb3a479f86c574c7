// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.holdfast.jdbc;

import org.jspecify.annotations.NullMarked;
