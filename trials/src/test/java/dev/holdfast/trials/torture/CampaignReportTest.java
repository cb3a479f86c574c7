// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Tier;
import dev.holdfast.trials.torture.CampaignReport.Conclusion;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CampaignReportTest {
    private static final Leftovers NOTHING = new Leftovers(List.of(), List.of(), null);

    private Tier tier = Tier.L;
    private long control = 7;
    private long overlaps;
    private long afterStoppedServer;
    private long tokenFalls;
    private Leftovers leftovers = NOTHING;
    private @Nullable String cutShort;

    private Conclusion conclusion() {
        return new CampaignReport(
                        tier,
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(1),
                        control,
                        new CampaignReport.Sums(1_000, overlaps, 0, tokenFalls, 0, 0, 0, 0, 0, 0, 1, 0),
                        List.of(
                                new FaultTally(FaultKind.PAUSE, 9, 4, overlaps - afterStoppedServer, 0),
                                new FaultTally(FaultKind.STOP_SERVER, 2, 2, afterStoppedServer, 0)),
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        leftovers,
                        cutShort)
                .conclusion();
    }

    @Test
    void noOverlap_isKept() {
        assertThat(conclusion()).isEqualTo(Conclusion.KEPT);
    }

    @Test
    void overlapAfterAStoppedServer_isAllowedToTierEOnly() {
        overlaps = 3;
        afterStoppedServer = 3;
        assertThat(conclusion()).isEqualTo(Conclusion.BROKEN);
        tier = Tier.E;
        assertThat(conclusion()).isEqualTo(Conclusion.KEPT_AS_ITS_TIER_ALLOWS);
    }

    @Test
    void overlapAfterAPause_isAllowedToNoTier() {
        overlaps = 3;
        afterStoppedServer = 2;
        tier = Tier.E;
        assertThat(conclusion()).isEqualTo(Conclusion.BROKEN);
    }

    @Test
    void fallenToken_isAllowedToNoTier() {
        tokenFalls = 1;
        tier = Tier.E;
        assertThat(conclusion()).isEqualTo(Conclusion.BROKEN);
    }

    @Test
    void lockThatStaysHeld_isBroken() {
        leftovers = new Leftovers(List.of(), List.of("torture-0"), null);
        assertThat(conclusion()).isEqualTo(Conclusion.BROKEN);
    }

    @Test
    void runThatWasCutShort_provesNothingUnlessAPromiseWasBroken() {
        cutShort = "it was interrupted";
        assertThat(conclusion()).isEqualTo(Conclusion.PROVES_NOTHING);
        overlaps = 1;
        assertThat(conclusion()).isEqualTo(Conclusion.BROKEN);
    }

    @Test
    void controlThatWasNotCaught_provesNothingWhateverWasSeen() {
        control = 0;
        assertThat(conclusion()).isEqualTo(Conclusion.PROVES_NOTHING);
        overlaps = 1;
        assertThat(conclusion()).isEqualTo(Conclusion.PROVES_NOTHING);
    }
}
