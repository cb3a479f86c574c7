// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.cli.console.ReportFile;
import dev.holdfast.cli.options.Store;
import dev.holdfast.trials.torture.FaultKind;
import dev.holdfast.trials.torture.ServerHooks;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of {@code torture} asks for.
 *
 * @param targets the stores, one after the other
 * @param time how long there are faults for each
 * @param seed where the choices come from
 * @param lease how long a lock outlives its holder, where the URI does not say
 * @param chosen the kinds of faults that were asked for; null for all that are possible
 * @param hooks the commands that stop and start a server, or null
 * @param json where the figures go, or null
 * @param html where the page goes, or null
 */
record TorturePlan(
        List<Target> targets,
        Duration time,
        long seed,
        Duration lease,
        @Nullable Set<FaultKind> chosen,
        @Nullable ServerHooks hooks,
        @Nullable ReportFile json,
        @Nullable ReportFile html) {
    /**
     * A store.
     *
     * @param store the store
     * @param servers what can stand before its servers
     * @param faults the kinds of faults for it
     * @param replay the command's words that name it, without a login
     */
    record Target(Store store, TortureServers servers, Set<FaultKind> faults, String replay) {
        /** Why nothing can be done to the network, for people; null if something can be. */
        @Nullable
        String leftOut() {
            return servers.reason();
        }
    }

    /** All that can be done to a store. */
    static Set<FaultKind> possible(TortureServers servers, @Nullable ServerHooks hooks) {
        EnumSet<FaultKind> kinds = EnumSet.copyOf(FaultKind.WORKERS);
        if (servers.reason() == null) {
            kinds.addAll(FaultKind.NETWORK);
        }
        if (hooks != null) {
            kinds.add(FaultKind.STOP_SERVER);
        }
        return kinds;
    }

    /** The command that makes the same choices again. */
    String replay(Target target) {
        StringBuilder line = new StringBuilder(target.replay())
                .append(" --seed ")
                .append(seed)
                .append(" --minutes ")
                .append(minutes())
                .append(" --lease ")
                .append(lease.toMillis())
                .append("ms");
        if (chosen != null) {
            line.append(" --faults ")
                    .append(chosen.stream().map(FaultKind::word).collect(Collectors.joining(",")));
        }
        if (hooks != null) {
            // They may hold a password.
            line.append(" --stop-server '(as before)' --start-server '(as before)'");
        }
        return line.toString();
    }

    private String minutes() {
        String text = Double.toString(time.toMillis() / 60_000.0);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
