// SPDX-License-Identifier: Apache-2.0
/**
 * Settings: from a builder, properties, the environment and a URI to a backend and its options.
 *
 * <p>Start reading at {@link dev.holdfast.internal.config.Configuration}; {@link dev.holdfast.internal.config.Setting} is the table of
 * all settings.
 */
@NullMarked
package dev.holdfast.internal.config;

import org.jspecify.annotations.NullMarked;
