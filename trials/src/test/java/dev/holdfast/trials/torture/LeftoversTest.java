// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LeftoversTest {
    private final AtomicInteger asked = new AtomicInteger();

    /** A store whose first answers to {@code list} fail. */
    private Holdfast store(int failures) {
        return (Holdfast) Proxy.newProxyInstance(
                Holdfast.class.getClassLoader(), new Class<?>[] {Holdfast.class}, (self, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("list");
                    if (asked.incrementAndGet() > failures) {
                        return Stream.empty();
                    }
                    throw BackendException.transientFault("store", null, "no answer", null);
                });
    }

    @Test
    void storeThatComesBack_isAskedAgain() {
        assertThat(Leftovers.settled(store(3), "torture-", 1, Duration.ofSeconds(20)))
                .isEmpty();
        assertThat(asked).hasValue(4);
    }

    @Test
    void storeThatStaysAway_isReported() {
        assertThatThrownBy(() -> Leftovers.settled(store(1_000), "torture-", 1, Duration.ofMillis(300)))
                .isInstanceOf(BackendException.class)
                .hasMessage("no answer");
    }
}
