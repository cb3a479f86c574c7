// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BackendUriTest {
    @ParameterizedTest
    @CsvSource({
        "memory:,memory,''",
        "memory:group,memory,group",
        "MEMORY:group,memory,group",
        "file:/abs,file,/abs",
        "file:///abs,file,/abs",
        "file:rel/dir,file,rel/dir",
        "file:~/x,file,~/x",
        "file:/my%20dir/100%25,file,/my dir/100%",
        "file:/caf\u00e9,file,/caf\u00e9",
        "file:/caf%C3%A9,file,/caf\u00e9",
        "file:/a+b@c,file,/a+b@c",
    })
    void parse_noHosts_hasSchemeAndDecodedPath(String text, String scheme, String path) {
        BackendUri uri = BackendUri.parse(text);
        assertThat(uri.scheme()).isEqualTo(scheme);
        assertThat(uri.path()).isEqualTo(path);
        assertThat(uri.hosts()).isEmpty();
        assertThat(uri.user()).isNull();
        assertThat(uri.password()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://h|h|''",
                "redis://h:6379/0?prefix=app:|h:6379|/0",
                "redis-sentinel://s1,s2,s3/mymaster|s1,s2,s3|/mymaster",
                "redlock://h1:6379,h2:6379,h3:6379,h4:6379,h5:6379|h1:6379,h2:6379,h3:6379,h4:6379,h5:6379|''",
                "redis://[::1]:6379|[::1]:6379|''",
                "redis://[2001:DB8::1],[fe80::1%eth0]:1/x|[2001:db8::1],[fe80::1%eth0]:1|/x",
                "zookeeper://h1,h2/chroot|h1,h2|/chroot",
                "memcached://10.0.0.1:11211|10.0.0.1:11211|''",
                "redis://Host_1.example.COM|host_1.example.com|''",
            })
    void parse_hosts_areKeptInOrder(String text, String hosts, String path) {
        BackendUri uri = BackendUri.parse(text);
        assertThat(String.join(",", uri.hosts())).isEqualTo(hosts);
        assertThat(uri.path()).isEqualTo(path);
    }

    @Test
    void parse_login_isDecoded() {
        BackendUri uri = BackendUri.parse("redis://us%40er:p%3Aa%2Fs%25s+:x@h:6379/0");
        assertThat(uri.user()).isEqualTo("us@er");
        assertThat(uri.password()).isEqualTo("p:a/s%s+:x");
        assertThat(BackendUri.parse("redis://:pw@h").user()).isNull();
        assertThat(BackendUri.parse("redis://:pw@h").password()).isEqualTo("pw");
        assertThat(BackendUri.parse("redis://me@h").user()).isEqualTo("me");
        assertThat(BackendUri.parse("redis://me@h").password()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|it is empty",
                "/var/lib/locks|a directory is written as file:/directory",
                "localhost|does not start with a scheme",
                ":x|does not start with a scheme",
                "1a:x|does not start with a scheme",
                " memory:|does not start with a scheme",
                "memory:a b|a space",
                "memory:a\u00a0b|a space",
                "memory:#x|write it as %23",
                "memory:\u0000|control character at index 7",
                "memory:%00|the path has a control character",
                "memory:%0d%0a|the path has a control character",
                "memory:\ud800|half of a surrogate pair at index 7",
                "file:/100%|without two hexadecimal digits",
                "file:/100%2|without two hexadecimal digits",
                "file:/100%zz|without two hexadecimal digits",
                "file:/%ff|not UTF-8",
                "file:/x?|no name",
                "file:/x?a=b&|no name",
                "file:/x?=b|no name",
                "file:/x?a=|empty value",
                "file:/x?a=1&a=2|a is given 2 times",
                "file:/x?a=1&a|a is given 2 times",
                "file:/x?a=%|URI parameter a has a %",
                "file:/x?a=%0a|URI parameter a has a control character",
                "redis://h,|a host is empty",
                "redis://,h|a host is empty",
                "redis://:6379|a host is empty",
                "redis://h,H|given twice",
                "redis://h:|no port",
                "redis://h:0|no port",
                "redis://h:65536|no port",
                "redis://h:123456|no port",
                "redis://h:x|no port",
                "redis://::1|a host is empty",
                "redis://fe80::1|no port",
                "redis://[::1|no port",
                "redis://[::1]x|neither a name nor an address",
                "redis://h!|neither a name nor an address",
                "redis://@h|the user before the @ is empty",
                "redis://u:@h|the password before the @ is empty",
                "redis://u:p@|no host follows",
                "redis://u:p@/0|no host follows",
                "jdbc:|jdbc: is not followed by",
                "jdbc:postgresql|jdbc: is not followed by",
            })
    void parse_noUri_isRefusedWithTheReasonAndTheForm(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendUri.parse(text))
                .withMessageStartingWith("The URI of the store is wrong: ")
                .withMessageContaining(why)
                .withMessageContaining("file:/directory")
                .satisfies(e -> assertThat(e.getMessage()).matches("[\\P{Cc}&&\\P{Cs}]*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory:a\r\nb", "\nmemory:", "jdbc:mysql:\n", "redis://h\n", "redis://h?a=\u0085"})
    void parse_controlCharacter_isRefusedAndNotEchoed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendUri.parse(text))
                .withMessageContaining("control character at index")
                .satisfies(e -> assertThat(e.getMessage()).matches("\\P{Cc}*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:s3cret/x@h",
                "redis://user:s3cret?x@h",
                "redis://user:s3cret#x@h",
                "redis://user:s3cret x@h",
                "redis://user:s3cret@x@h",
                "redis://user:s3cret%zz@h",
                "redis://user:s3cret%ff@h",
                "redis://user:s3cret%0a@h",
                "redis://user:12?s3cret@h",
                "redis://user:12/s3cret@h",
                "redis://user:s3cret@",
                "redis://user:s3cret@h:x",
                "redis://user:s3cret@h?password=s3cret&password=s3cret",
                "redis://user:s3cret@h?s3cret!",
                "redis://h?password=s3cret%zz",
                "redis://h?client-secret=s3cret%0a",
                "s3cret\n",
                "//user:s3cret@h",
                "jdbc:s3cret",
                "jdbc:postgresql://u:s3cret@h\u0000",
            })
    void parse_wrongUriWithAPassword_doesNotShowIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendUri.parse(text))
                .satisfies(e -> assertThat(e).hasStackTraceContaining("wrong"))
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("s3cret"));
    }

    private static String stackTrace(Throwable e) {
        java.io.StringWriter text = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory:|memory:",
                "file:/a%20b?prefix=x&flag|file:/a%20b?prefix=x&flag",
                "redis://user:s3cret@h1:1,h2/0?prefix=app:|redis://***@h1:1,h2/0?prefix=app:",
                "redis://:s3cret@h|redis://***@h",
                "redis://s3cret@h|redis://***@h",
                "redis://h?password=s3cret&x=1|redis://h?password=***&x=1",
                "redis://h?Client-Secret=s3cret|redis://h?Client-Secret=***",
                "redis://h?keyPassword=s3cret|redis://h?keyPassword=***",
                "zookeeper://h?auth=u:s3cret|zookeeper://h?auth=***",
                "file:///abs|file:///abs",
                "jdbc:postgresql://h/db?user=x&password=s3cret|jdbc:postgresql://h/db?user=x&password=***",
                "jdbc:mysql://u:s3cret@h/db|jdbc:mysql:***@h/db",
                "jdbc:mysql://u:s3c?ret@h/db?a=s3cret@x|jdbc:mysql:***@x",
                "jdbc:mysql://address=(host=h)(password=s3cret)/db|jdbc:mysql://address=(host=h)(password=***",
                "jdbc:h2:mem:x;USER=sa;PASSWORD=s3cret;X=s3cret|jdbc:h2:mem:x;USER=sa;PASSWORD=***",
                "jdbc:oracle:thin:scott/s3cret@//h/x|jdbc:oracle:***@//h/x",
                "jdbc:mysql://h/db?pass%77ord=s3cret|jdbc:mysql://h/db?pass%77ord=***",
            })
    void toString_uri_showsNoPassword(String text, String shown) {
        assertThat(BackendUri.parse(text)).hasToString(shown);
    }

    @Test
    void take_parameter_isDecodedAndKnown() {
        BackendUri uri = BackendUri.parse("redis://h?prefix=a%26b+c=d&lease-time=1m30s");
        assertThat(uri.take("prefix")).isEqualTo("a&b+c=d");
        assertThat(uri.takeDuration("lease-time")).isEqualTo(Duration.ofSeconds(90));
        assertThat(uri.take("other")).isNull();
        assertThat(uri.takeDuration("another")).isNull();
        assertThat(uri.known()).containsExactly("another", "lease-time", "other", "prefix");
        uri.rejectUnknown();
    }

    @Test
    void take_parameterWithoutValue_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendUri.parse("memory:?prefix").take("prefix"))
                .withMessage("URI parameter prefix has no value; write prefix=...");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendUri.parse("memory:?wait=5").takeDuration("wait"))
                .withMessageStartingWith("URI parameter wait is \"5\"");
    }

    @Test
    void takeFlag_parameter_isTrueOrFalse() {
        BackendUri uri = BackendUri.parse("memory:?a&b=true&c=false&d=yes&secret-e=hidden");
        assertThat(uri.takeFlag("a", false)).isTrue();
        assertThat(uri.takeFlag("b", false)).isTrue();
        assertThat(uri.takeFlag("c", true)).isFalse();
        assertThat(uri.takeFlag("x", true)).isTrue();
        assertThat(uri.takeFlag("x", false)).isFalse();
        assertThat(uri.has("a")).isTrue();
        assertThat(uri.has("x")).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> uri.takeFlag("d", true))
                .withMessageContaining("\"yes\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> uri.takeFlag("secret-e", true))
                .withMessage("URI parameter secret-e is neither true nor false");
    }

    @Test
    void rejectUnknown_parameterThatNobodyTook_namesTheKnownOnes() {
        BackendUri uri = BackendUri.parse("memory:?leaseTime=10s&password=s3cret");
        uri.take("lease-time");
        uri.take("prefix");
        assertThatIllegalArgumentException()
                .isThrownBy(uri::rejectUnknown)
                .withMessage(
                        "Unknown URI parameter \"leaseTime\"; did you mean lease-time? Known: lease-time, prefix.");
    }

    @Test
    void addresses_hosts_haveTheDefaultPort() {
        assertThat(BackendUri.parse("redis://h1,[::1]:7,h2:8").addresses(6379))
                .containsExactly(
                        InetSocketAddress.createUnresolved("h1", 6379),
                        InetSocketAddress.createUnresolved("::1", 7),
                        InetSocketAddress.createUnresolved("h2", 8));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        BackendUri.parse("redlock://u:s3cret@h1,h1:6379,h2").addresses(6379))
                .withMessageContaining("a host twice")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void driverUrl_jdbc_isTheTextWithoutWhatIsOurs() {
        String text = "jdbc:postgresql://u:p%zz@h,h/db?user=x&lease-time=10s&a=&a=2&ssl&prefix=p%20q&%6c=1";
        BackendUri uri = BackendUri.parse(text);
        assertThat(uri.scheme()).isEqualTo("jdbc:postgresql");
        assertThat(uri.hosts()).isEmpty();
        assertThat(uri.user()).isNull();
        assertThat(uri.path()).isEmpty();
        assertThat(uri.driverUrl()).isEqualTo(text);
        assertThat(uri.takeDuration("lease-time")).isEqualTo(Duration.ofSeconds(10));
        assertThat(uri.take("prefix")).isEqualTo("p q");
        uri.rejectUnknown();
        assertThat(uri.driverUrl()).isEqualTo("jdbc:postgresql://u:p%zz@h,h/db?user=x&a=&a=2&ssl&%6c=1");
    }

    @Test
    void driverUrl_jdbcWithOnlyOurs_hasNoQuestionMark() {
        BackendUri uri = BackendUri.parse("JDBC:H2:file:/my dir/x;MODE=MySQL?lease-time=10s");
        uri.take("lease-time");
        assertThat(uri.scheme()).isEqualTo("jdbc:h2");
        assertThat(uri.driverUrl()).isEqualTo("JDBC:H2:file:/my dir/x;MODE=MySQL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"laese-time", "leaseTime", "lease_time", "no-such"})
    void rejectUnknown_jdbcParameterThatMustBeOursMisspelt_isRefused(String name) {
        BackendUri uri = BackendUri.parse("jdbc:mysql://h/db?useSSL=true&" + name + "=10s");
        uri.take("lease-time");
        assertThatIllegalArgumentException().isThrownBy(uri::rejectUnknown).withMessageContaining(name);
    }

    @Test
    void take_jdbcParameterThatIsOurs_isCheckedLikeAnyOther() {
        BackendUri uri = BackendUri.parse("jdbc:mysql://h/db?prefix=a&prefix=b&lease-time=&owner-label=%zz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> uri.take("prefix"))
                .withMessageContaining("2 times");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> uri.take("lease-time"))
                .withMessageContaining("empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> uri.take("owner-label"))
                .withMessageContaining("has a %");
    }

    @Test
    void driverUrl_otherScheme_isRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> BackendUri.parse("redis://u:s3cret@h").driverUrl())
                .withMessageContaining("redis")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }
}
