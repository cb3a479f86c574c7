// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.LockOptions;
import dev.holdfast.testkit.Scene.Client;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Any name works, no two names share a lock, and one name always does. */
interface NameCases {
    List<String> HOSTILE = List.of(
            "a",
            "A",
            "b",
            "aa",
            "a ",
            " a",
            "  a",
            " ",
            "a\t",
            "\t",
            "a\u00a0",
            ".",
            "..",
            "...",
            "./a",
            "../a",
            "a/..",
            "/",
            "//",
            "a/",
            "/a",
            "a/b",
            "a//b",
            "a/b/",
            "\\",
            "a\\b",
            "..\\a",
            "%",
            "%%",
            "%2F",
            "%2f",
            "%00",
            "a%2Fb",
            "%s%n",
            "+",
            "a+b",
            "&",
            "?",
            "a?b=c",
            "#",
            "a#b",
            "=",
            ";",
            ":",
            "a:b",
            "\u0000",
            "a\u0000",
            "a\u0000b",
            "\n",
            "\r",
            "\r\n",
            "a\r\nb",
            "a\nb",
            "a\u007f",
            "\u001b[2J",
            "'",
            "''",
            "\"",
            "\"\"",
            "`",
            "'; DROP TABLE holdfast_lock; --",
            "' OR '1'='1",
            "a' UNION SELECT 1 --",
            "$(id)",
            "${jndi:x}",
            "`id`",
            "|",
            ">",
            "<",
            "<script>",
            "*",
            "a*",
            "[a]",
            "[",
            "]",
            "{",
            "}",
            "{a}",
            "a{b}c",
            "{}",
            "{}{}",
            "\r\nDEL a\r\n",
            "*1\r\n$8\r\nFLUSHALL\r\n",
            "set a 0 0 1\r\nb",
            "\r\nflush_all\r\n",
            "-",
            "--",
            "-lock-",
            "_c_",
            "a-0000000001",
            "~",
            "~a",
            "a~",
            "_",
            "__",
            "con",
            "CON",
            "nul",
            "aux.txt",
            "a.lock",
            "lock",
            ".lock",
            "a,b",
            "(",
            ")",
            "\u00e9",
            "e\u0301",
            "\u00c9",
            "\u0131",
            "\u0130",
            "i",
            "I",
            "\u00df",
            "ss",
            "SS",
            "\u212a",
            "k",
            "K",
            "\ufb01",
            "fi",
            "\u03c3",
            "\u03c2",
            "\u03a3",
            "\u202ea",
            "\u200ba",
            "\ufeffa",
            "\ufffd",
            "\uffff",
            "\u4e2d\u6587",
            "\u0645\u0631\u062d\u0628\u0627",
            "\ud83d\udd12",
            "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
            "\udbff\udfff",
            "1",
            "01",
            "1.0",
            "1e0",
            "-1",
            "9223372036854775807",
            "null",
            "NULL",
            "undefined",
            "true",
            "\u0001",
            "a\u0008",
            "@",
            "^",
            "!");

    private static List<String> all() {
        List<String> names = new ArrayList<>(HOSTILE);
        String long1 = "n".repeat(1_023);
        names.add(long1 + "x");
        names.add(long1 + "y");
        names.add(long1);
        names.add("N".repeat(1_024));
        names.add("\u00e9".repeat(512));
        names.add("\ud83d\udd12".repeat(256));
        for (int length : List.of(63, 64, 65, 127, 128, 190, 191, 192, 249, 250, 251, 254, 255, 256, 512)) {
            names.add("m".repeat(length));
        }
        return names;
    }

    @Test
    default void names_hostile_doNotShareALock(Scene scene) throws Exception {
        Client holder = scene.client(scene.unhurried().withLeaseTime(Duration.ofSeconds(30)));
        Client rival = scene.client(scene.unhurried());
        List<String> names = all();
        assertThat(names).doesNotHaveDuplicates();
        List<Lease> leases = new ArrayList<>();
        for (String name : names) {
            Lease lease = holder.lock(name).tryAcquire();
            assertThat(lease)
                    .as("the lock of %s, while those before it are held", quoted(name))
                    .isNotNull();
            assertThat(lease.lockName()).isEqualTo(name);
            leases.add(Objects.requireNonNull(lease));
        }
        for (String name : names) {
            assertThat(rival.lock(name).tryAcquire())
                    .as("the taken lock of %s", quoted(name))
                    .isNull();
        }
        leases.forEach(Lease::release);
        scene.nothingIsLeft();
    }

    @Test
    @Needs(Capability.INSPECT)
    default void names_hostile_areShownInFull(Scene scene) {
        // A list of long names takes its time on a busy machine, and nothing here is about time.
        LockOptions patient =
                scene.options().withLeaseTime(Duration.ofSeconds(30)).withCallTimeout(Duration.ofSeconds(10));
        Client holder = scene.client(patient);
        Client other = scene.client(patient);
        List<String> names = all();
        for (String name : names) {
            holder.take(name);
        }
        for (String name : names) {
            LockInfo info = other.locks().inspect(name);
            assertThat(info).as("what the store knows of %s", quoted(name)).isNotNull();
            assertThat(info.name()).isEqualTo(name);
        }
        if (!scene.lacks(Capability.LIST)) {
            try (Stream<LockInfo> locks = other.locks().list("")) {
                assertThat(locks.map(LockInfo::name).toList()).containsExactlyInAnyOrderElementsOf(names);
            }
            try (Stream<LockInfo> locks = other.locks().list("a")) {
                assertThat(locks.map(LockInfo::name).toList())
                        .containsExactlyInAnyOrderElementsOf(names.stream()
                                .filter(name -> name.startsWith("a"))
                                .toList());
            }
        }
    }

    @Test
    default void names_outOfRange_areRefusedBeforeAnyRequest(Scene scene) {
        Client client = scene.client();
        long before = scene.lacks(Capability.REQUEST_COUNT) ? 0 : client.link().requests();
        for (String wrong : List.of(
                "",
                "x".repeat(1_025),
                "\u00e9".repeat(512) + "x",
                "\ud83d\udd12".repeat(256) + "x",
                "x".repeat(1_000_000),
                "\ud800",
                "\udc00",
                "a\ud800b",
                "\udc00\ud800",
                "a\ud83d")) {
            assertThatThrownBy(() -> client.lock(wrong))
                    .as("the name %s", quoted(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeBetween(10, 2_000));
            assertThatThrownBy(() -> client.locks().lock(wrong, scene.options()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.locks().inspect(wrong)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.locks().forceRelease(wrong)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.locks().forceReleaseNow(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
            if (!wrong.isEmpty()) {
                assertThatThrownBy(() -> client.locks().list(wrong))
                        .as("a list of what starts with %s", quoted(wrong))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        if (!scene.lacks(Capability.REQUEST_COUNT)) {
            assertThat(client.link().requests()).isEqualTo(before);
        }
    }

    @Test
    default void names_longestWithTheLongestPrefix_doNotShareALock(Scene scene) {
        Client client = scene.client(scene.options(), "p".repeat(256));
        String start = "x".repeat(1_023);
        client.take(start + "a");
        client.take(start + "b");
        client.take(start);
        assertThat(client.lock(start + "a").tryAcquire()).isNull();
        if (!scene.lacks(Capability.INSPECT)) {
            assertThat(client.locks().inspect(start + "a"))
                    .isNotNull()
                    .satisfies(info -> assertThat(info.name()).endsWith(start + "a"));
        }
        if (!scene.lacks(Capability.LIST)) {
            try (Stream<LockInfo> locks = client.locks().list("x")) {
                assertThat(locks.map(LockInfo::name).toList())
                        .containsExactlyInAnyOrder(start + "a", start + "b", start);
            }
        }
        assertThatThrownBy(() -> scene.client(scene.options(), "p".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String quoted(String name) {
        if (name.length() > 100) {
            return name.getBytes(StandardCharsets.UTF_8).length + " bytes starting with " + name.substring(0, 10);
        }
        return name.chars()
                .mapToObj(c -> c > 32 && c < 127 ? String.valueOf((char) c) : String.format("\\u%04x", c))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
