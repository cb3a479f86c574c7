// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.LockOptions;
import dev.holdfast.Ordering;
import dev.holdfast.Tier;
import dev.holdfast.internal.config.ScriptedProviders.Recorded;
import dev.holdfast.spi.ClientSettings;
import dev.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The providers of {@link ScriptedProviders} are given by the thread's class loader. */
final class ConfigurationTest {
    private static final String URI = "scripted://u:s3cret@h/x";

    @Test
    void of_everyKeyInTheUri_changesWhatItIsAbout() {
        Configuration read = withUri(
                URI + "?lease-time=10s&auto-renewal=false&max-hold=1h30m&min-hold=5s&local-handovers=7"
                        + "&ordering=arrival&poll-interval=50ms&call-timeout=2s&owner-label=me%40host&prefix=app:&require=E");
        assertThat(read.options()).isEqualTo(everything());
        assertThat(read.prefix()).isEqualTo("app:");
        assertThat(read.required()).isEqualTo(Tier.E);
        assertThat(read.backend().id()).isEqualTo("scripted");
    }

    @Test
    void of_everyKeyInProperties_saysTheSame() {
        Configuration read = with(
                null,
                LockOptions.defaults(),
                Map.ofEntries(
                        Map.entry("holdfast.url", URI),
                        Map.entry("holdfast.lease-time", "10s"),
                        Map.entry("holdfast.auto-renewal", "false"),
                        Map.entry("holdfast.max-hold", "1h30m"),
                        Map.entry("holdfast.min-hold", "5s"),
                        Map.entry("holdfast.local-handovers", "7"),
                        Map.entry("holdfast.ordering", "arrival"),
                        Map.entry("holdfast.poll-interval", "50ms"),
                        Map.entry("holdfast.call-timeout", "2s"),
                        Map.entry("holdfast.owner-label", "me@host"),
                        Map.entry("holdfast.prefix", "app:"),
                        Map.entry("holdfast.require", "L"),
                        Map.entry("other.lease-time", "nonsense")),
                Map.of());
        assertThat(read.options()).isEqualTo(everything());
        assertThat(read.prefix()).isEqualTo("app:");
        assertThat(read.required()).isEqualTo(Tier.L);
    }

    @Test
    void of_everyKeyInTheEnvironment_saysTheSame() {
        Configuration read = with(
                null,
                LockOptions.defaults(),
                Map.of(),
                Map.ofEntries(
                        Map.entry("HOLDFAST_URL", URI),
                        Map.entry("HOLDFAST_LEASE_TIME", "10s"),
                        Map.entry("HOLDFAST_AUTO_RENEWAL", "false"),
                        Map.entry("HOLDFAST_MAX_HOLD", "1h30m"),
                        Map.entry("HOLDFAST_MIN_HOLD", "5s"),
                        Map.entry("HOLDFAST_LOCAL_HANDOVERS", "7"),
                        Map.entry("HOLDFAST_ORDERING", "arrival"),
                        Map.entry("HOLDFAST_POLL_INTERVAL", "50ms"),
                        Map.entry("HOLDFAST_CALL_TIMEOUT", "2s"),
                        Map.entry("HOLDFAST_OWNER_LABEL", "me@host"),
                        Map.entry("HOLDFAST_PREFIX", "app:"),
                        Map.entry("HOLDFAST_REQUIRE", "L")));
        assertThat(read.options()).isEqualTo(everything());
        assertThat(read.prefix()).isEqualTo("app:");
        assertThat(read.required()).isEqualTo(Tier.L);
    }

    private static LockOptions everything() {
        return LockOptions.defaults()
                .withLeaseTime(Duration.ofSeconds(10))
                .withAutoRenewal(false)
                .withMaxHold(Duration.ofMinutes(90))
                .withMinHold(Duration.ofSeconds(5))
                .withLocalHandovers(7)
                .withOrdering(Ordering.ARRIVAL)
                .withPollInterval(Duration.ofMillis(50))
                .withCallTimeout(Duration.ofSeconds(2))
                .withOwnerLabel("me@host");
    }

    @Test
    void of_everySource_theStrongerOneWins() {
        LockOptions builder = LockOptions.defaults()
                .withLeaseTime(Duration.ofSeconds(1))
                .withPollInterval(Duration.ofMillis(1))
                .withCallTimeout(Duration.ofMillis(1))
                .withLocalHandovers(1);
        Configuration read = with(
                URI + "?lease-time=4s",
                builder,
                Map.of("holdfast.lease-time", "2s", "holdfast.poll-interval", "2ms", "holdfast.call-timeout", "2ms"),
                Map.of("HOLDFAST_LEASE_TIME", "3s", "HOLDFAST_POLL_INTERVAL", "3ms"));
        assertThat(read.options())
                .isEqualTo(builder.withLeaseTime(Duration.ofSeconds(4))
                        .withPollInterval(Duration.ofMillis(3))
                        .withCallTimeout(Duration.ofMillis(2)));
    }

    @Test
    void of_builderPrefixAndTier_areOverriddenLikeOptions() {
        ClientSettings settings = new ClientSettings(
                URI, null, LockOptions.defaults(), Tier.L, null, "weak:", List.of(), Map.of(), Map.of());
        assertThat(inScripted(settings).prefix()).isEqualTo("weak:");
        assertThat(inScripted(settings).required()).isEqualTo(Tier.L);
        ClientSettings overridden = new ClientSettings(
                URI + "?prefix=strong:",
                null,
                LockOptions.defaults(),
                Tier.L,
                null,
                "weak:",
                List.of(),
                Map.of(),
                Map.of("HOLDFAST_REQUIRE", "e"));
        assertThat(inScripted(overridden).prefix()).isEqualTo("strong:");
        assertThat(inScripted(overridden).required()).isEqualTo(Tier.E);
    }

    @Test
    void of_urlInSeveralPlaces_theBuilderThenTheEnvironmentWins() {
        Map<String, String> properties = Map.of("holdfast.url", "scripted:properties");
        Map<String, String> environment = Map.of("HOLDFAST_URL", "scripted:environment");
        assertThat(path(with("scripted:builder", LockOptions.defaults(), properties, environment)))
                .isEqualTo("builder");
        assertThat(path(with(null, LockOptions.defaults(), properties, environment)))
                .isEqualTo("environment");
        assertThat(path(with(null, LockOptions.defaults(), properties, Map.of())))
                .isEqualTo("properties");
    }

    private static String path(Configuration read) {
        return ((Recorded) read.backend()).uri().path();
    }

    @Test
    void of_ownBackend_isTakenWhateverTheUrlSays() {
        LockBackend own = withUri(URI).backend();
        ClientSettings settings = new ClientSettings(
                null,
                own,
                LockOptions.defaults(),
                null,
                null,
                "",
                List.of(),
                Map.of("holdfast.lease-time", "2s"),
                Map.of("HOLDFAST_URL", "nonsense"));
        assertThat(Configuration.of(settings).backend()).isSameAs(own);
        assertThat(Configuration.of(settings).options().leaseTime()).isEqualTo(Duration.ofSeconds(2));
        ClientSettings both =
                new ClientSettings(URI, own, LockOptions.defaults(), null, null, "", List.of(), Map.of(), Map.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Configuration.of(both))
                .withMessageContaining("both a backend and a URI");
    }

    @Test
    void of_limitsInAnyOrder_areOnlyComparedInTheEnd() {
        LockOptions builder =
                LockOptions.defaults().withMaxHold(Duration.ofSeconds(2)).withMinHold(Duration.ofSeconds(1));
        assertThat(with(URI + "?min-hold=10s&max-hold=20s", builder, Map.of(), Map.of())
                        .options())
                .isEqualTo(LockOptions.defaults()
                        .withMaxHold(Duration.ofSeconds(20))
                        .withMinHold(Duration.ofSeconds(10)));
        assertThat(with(URI + "?min-hold=0&max-hold=10ms", builder, Map.of(), Map.of())
                        .options())
                .isEqualTo(LockOptions.defaults().withMaxHold(Duration.ofMillis(10)));
        assertThat(with(URI + "?max-hold=none&min-hold=none", builder, Map.of(), Map.of())
                        .options())
                .isEqualTo(LockOptions.defaults());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(URI + "?min-hold=10s", builder, Map.of(), Map.of()))
                .withMessageStartingWith("URI parameter min-hold: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lease-time|30|is \"30\", which is no duration: a unit is missing",
                "lease-time|1ms|: leaseTime is ",
                "auto-renewal|yes|is \"yes\"; it must be true or false",
                "local-handovers|many|is \"many\", which is no whole number",
                "local-handovers|-1|: localHandovers is -1",
                "ordering|fair|Unknown value of",
                "ordering|arival|did you mean arrival?",
                "require|F|Known: E, L.",
                "poll-interval|2m|: pollInterval is ",
                "call-timeout|0|: callTimeout is ",
                "max-hold|0s|: maxHold is ",
            })
    void of_badValue_isRefusedAndSaysWhereItStands(String key, String text, String why) {
        String variable = "HOLDFAST_" + key.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUri(URI + "?" + key + "=" + text))
                .withMessageContaining("URI parameter " + key)
                .withMessageContaining(why);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(URI, LockOptions.defaults(), Map.of("holdfast." + key, text), Map.of()))
                .withMessageContaining("property holdfast." + key)
                .withMessageContaining(why);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(URI, LockOptions.defaults(), Map.of(), Map.of(variable, text)))
                .withMessageContaining("environment variable " + variable)
                .withMessageContaining(why);
    }

    @Test
    void of_badPrefixOrLabel_isRefusedAndSaysWhereItStands() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUri(URI + "?prefix=" + "p".repeat(257)))
                .withMessageStartingWith("URI parameter prefix: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(URI, LockOptions.defaults(), Map.of("holdfast.owner-label", "a\nb"), Map.of()))
                .withMessageStartingWith("property holdfast.owner-label: ")
                .satisfies(e -> assertThat(e.getMessage()).matches("\\P{Cc}*"));
    }

    @Test
    void of_flagWithoutValue_isTrue() {
        LockOptions off = LockOptions.defaults().withAutoRenewal(false);
        assertThat(with(URI + "?auto-renewal", off, Map.of(), Map.of())
                        .options()
                        .autoRenewal())
                .isTrue();
    }

    @Test
    void of_unknownProperty_namesTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(URI, LockOptions.defaults(), Map.of("holdfast.leaseTime", "10s"), Map.of()))
                .withMessageStartingWith(
                        "Unknown property \"holdfast.leaseTime\"; did you mean holdfast.lease-time? Known: holdfast.auto-renewal, ");
    }

    @Test
    void of_emptyValue_isAnErrorInPropertiesAndNothingInTheEnvironment() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(URI, LockOptions.defaults(), Map.of("holdfast.prefix", ""), Map.of()))
                .withMessageContaining("property holdfast.prefix is empty");
        assertThat(with(URI, LockOptions.defaults(), Map.of(), Map.of("HOLDFAST_LEASE_TIME", ""))
                        .options())
                .isEqualTo(LockOptions.defaults());
    }

    @Test
    void of_unknownVariable_isIgnored() {
        assertThat(with(URI, LockOptions.defaults(), Map.of(), Map.of("HOLDFAST_TOKEN", "7", "HOLDFAST_LOCK", "x"))
                        .options())
                .isEqualTo(LockOptions.defaults());
    }

    @Test
    void of_unknownParameter_namesTheEnginesAndTheBackends() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUri(URI + "?colour=red&password=s3cret"))
                .withMessage("Unknown URI parameter \"colour\"; did you mean color? Known: auto-renewal, call-timeout,"
                        + " color, lease-time, local-handovers, max-hold, min-hold, ordering, owner-label, poll-interval,"
                        + " prefix, require.");
    }

    @Test
    void of_noUrl_saysTheWaysToGiveOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(null, LockOptions.defaults(), Map.of(), Map.of()))
                .withMessageContaining("uri() of the builder")
                .withMessageContaining("holdfast.url")
                .withMessageContaining("HOLDFAST_URL");
    }

    @Test
    void of_wrongUrl_saysWhereItStandsAndShowsNoPassword() {
        String wrong = "redis://u:s3cret@h:port";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(null, LockOptions.defaults(), Map.of(), Map.of("HOLDFAST_URL", wrong)))
                .withMessageStartingWith("environment variable HOLDFAST_URL: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(null, LockOptions.defaults(), Map.of("holdfast.url", wrong), Map.of()))
                .withMessageStartingWith("property holdfast.url: ");
    }

    @ParameterizedTest
    @CsvSource({
        "redis://u:s3cret@h,holdfast-redis",
        "rediss://h,holdfast-redis",
        "redis-sentinel://h/m,holdfast-redis",
        "redis-cluster://h,holdfast-redis",
        "redlock://h,holdfast-redis",
        "zookeeper://h,holdfast-zookeeper",
        "etcd://h,holdfast-etcd",
        "memcached://h,holdfast-memcached",
        "jdbc:postgresql://u:s3cret@h/db,holdfast-jdbc",
    })
    void of_schemeOfAModuleThatIsMissing_namesTheArtifact(String uri, String artifact) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUri(uri))
                .withMessageContaining("dev.holdfast:" + artifact + " ")
                .withMessageContaining("scripted")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void of_unknownScheme_namesTheKnownOnesAndTheBrokenBackends() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUri("scriptet:x"))
                .withMessageContaining("\"scriptet\"; did you mean scripted? Known: ")
                .withMessageContaining("twice")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .anySatisfy(broken -> assertThat(broken).hasMessageContaining("no.such.Provider")));
    }

    @Test
    void of_schemeOfTwoBackends_namesBoth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUri("twice:x"))
                .withMessageContaining("Two backends know the scheme twice")
                .withMessageContaining("First")
                .withMessageContaining("Second");
    }

    @Test
    void toString_settings_showNoPassword() {
        ClientSettings settings = new ClientSettings(
                URI,
                null,
                LockOptions.defaults(),
                null,
                null,
                "",
                List.of(),
                Map.of("holdfast.url", URI),
                Map.of("HOLDFAST_URL", URI));
        assertThat(settings.toString()).doesNotContain("s3cret").contains("leaseTime");
    }

    private static Configuration withUri(String uri) {
        return with(uri, LockOptions.defaults(), Map.of(), Map.of());
    }

    private static Configuration with(
            @Nullable String uri,
            LockOptions options,
            Map<String, String> properties,
            Map<String, String> environment) {
        return inScripted(new ClientSettings(uri, null, options, null, null, "", List.of(), properties, environment));
    }

    private static Configuration inScripted(ClientSettings settings) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ScriptedProviders.loader(Objects.requireNonNull(before)));
        try {
            return Configuration.of(settings);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
