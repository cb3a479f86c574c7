// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCredentialsProvider;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DriverTest {
    /**
     * Credentials that are looked up on another thread let the driver's library hand out a connection that is not active yet: about one
     * of 500 clients of a user with a password could not be opened, "Currently not connected".
     */
    @ParameterizedTest
    @CsvSource({"app,secret", ",secret"})
    void credentials_areThereAtOnce(String user, String password) {
        try (Driver driver = new Driver(new Access(user, password, 0, false, null, null, null), at -> at)) {
            var found = driver.uri(InetSocketAddress.createUnresolved("localhost", 6379))
                    .getCredentialsProvider();
            assertThat(found).isInstanceOf(RedisCredentialsProvider.ImmediateRedisCredentialsProvider.class);
            var credentials =
                    ((RedisCredentialsProvider.ImmediateRedisCredentialsProvider) found).resolveCredentialsNow();
            assertThat(credentials.getUsername()).isEqualTo(user);
            assertThat(credentials.getPassword()).isEqualTo(password.toCharArray());
        }
    }
}
