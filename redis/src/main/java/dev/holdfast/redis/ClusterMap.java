// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which master has which slots, as one node told it. Immutable. */
final class ClusterMap {
    private final @Nullable InetSocketAddress[] owners;

    private final Set<InetSocketAddress> nodes;

    private ClusterMap(@Nullable InetSocketAddress[] owners, Set<InetSocketAddress> nodes) {
        this.owners = owners;
        this.nodes = nodes;
    }

    static ClusterMap empty() {
        return new ClusterMap(new InetSocketAddress[HashSlot.SLOTS], Set.of());
    }

    /**
     * Reads what {@code CLUSTER NODES} says: a line for each node, with {@code id ip:port@bus[,host] flags master ping pong epoch link
     * slots...}.
     *
     * @param text the lines
     * @param teller the node that says so, which may not know its own address
     */
    static ClusterMap of(String text, String teller) {
        @Nullable InetSocketAddress[] owners = new InetSocketAddress[HashSlot.SLOTS];
        Set<InetSocketAddress> nodes = new HashSet<>();
        text.lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            if (words.length > 2 && words[1].contains(":")) {
                nodes.add(address(words[1], teller));
            }
            if (words.length > 8 && List.of(words[2].split(",", -1)).contains("master")) {
                InetSocketAddress address = address(words[1], teller);
                for (int i = 8; i < words.length; i++) {
                    assign(owners, words[i], address);
                }
            }
        });
        return new ClusterMap(owners, nodes);
    }

    private static InetSocketAddress address(String text, String teller) {
        String[] parts = text.split(",", -1);
        String hostAndPort =
                parts[0].substring(0, parts[0].indexOf('@') < 0 ? parts[0].length() : parts[0].indexOf('@'));
        int colon = hostAndPort.lastIndexOf(':');
        String host = hostAndPort.substring(0, colon);
        return InetSocketAddress.createUnresolved(
                host.isEmpty() ? teller : host, Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    /** A slot or a range; one that is on its way stands in brackets, and is still here. */
    private static void assign(@Nullable InetSocketAddress[] owners, String slots, InetSocketAddress address) {
        if (slots.isEmpty() || slots.startsWith("[")) {
            return;
        }
        int dash = slots.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? slots : slots.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(slots.substring(dash + 1));
        Arrays.fill(owners, from, to + 1, address);
    }

    /** The same, but for one slot. */
    ClusterMap with(int slot, InetSocketAddress address) {
        @Nullable InetSocketAddress[] changed = owners.clone();
        changed[slot] = address;
        return new ClusterMap(changed, nodes);
    }

    @Nullable
    InetSocketAddress owner(int slot) {
        return owners[slot];
    }

    /** All that have slots, in the order of the slots. */
    List<InetSocketAddress> masters() {
        Set<InetSocketAddress> masters = new LinkedHashSet<>();
        for (InetSocketAddress owner : owners) {
            if (owner != null) {
                masters.add(owner);
            }
        }
        return new ArrayList<>(masters);
    }

    /** Whether the node belongs to the cluster, with slots or without. */
    boolean names(InetSocketAddress address) {
        return nodes.contains(address);
    }

    boolean isSameAs(ClusterMap other) {
        return Arrays.equals(owners, other.owners);
    }
}
