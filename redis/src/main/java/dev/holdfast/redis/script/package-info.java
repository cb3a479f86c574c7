// SPDX-License-Identifier: Apache-2.0
/** What runs inside Redis: Lua from the resources of this package, called by its digest. */
@NullMarked
package dev.holdfast.redis.script;

import org.jspecify.annotations.NullMarked;
