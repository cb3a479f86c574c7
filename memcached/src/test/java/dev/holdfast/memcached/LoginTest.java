// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Holdfast;
import dev.holdfast.testkit.servers.MemcachedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A memcached with a file of users (-Y), and one that wants none. */
final class LoginTest {
    private static Path users() {
        try {
            Path users = Files.createTempFile("holdfast-users", "");
            Files.writeString(users, "app:secret\n");
            Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
            users.toFile().deleteOnExit();
            return users;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start("-Y", users().toString());

    private static Holdfast open(String login) {
        return Holdfast.open("memcached://" + login + memcached.address());
    }

    @Test
    void userAndPassword_areGivenWhenTheyAreAskedFor() {
        try (Holdfast locks = open("app:secret@")) {
            assertThat(Stage.take(locks, "job").isHeld()).isTrue();
        }
        assertThatThrownBy(() -> open("app:secret1@"))
                .hasMessageContaining("user or password is wrong")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        assertThatThrownBy(() -> open("")).hasMessageContaining("wants a user and a password");
    }

    @Test
    void serverThatWantsNoLogin_isNotToldThePassword() {
        try (MemcachedServer plain = MemcachedServer.start(MemcachedFixture.KEEPS);
                Holdfast locks = Holdfast.open("memcached://app:secret@" + plain.address())) {
            Stage.take(locks, "job");
            assertThat(new Operator(plain.socketAddress()).say("mg auth v")).containsExactly("EN");
        }
    }
}
