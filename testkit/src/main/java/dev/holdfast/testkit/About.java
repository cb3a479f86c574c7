// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which feature a case is about. Where the store lacks it, the case checks that it is refused clearly. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface About {
    Capability value();
}
