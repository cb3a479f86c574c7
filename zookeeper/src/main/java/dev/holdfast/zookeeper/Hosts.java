// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;

/**
 * The servers that ZooKeeper's client connects to, and since when it was connecting when it last succeeded. The client asks for an address
 * before it opens a connection, and the session begins or moves by what it says over that: later than it asked.
 */
final class Hosts implements HostProvider {
    private final HostProvider servers;
    private volatile long askedNanos;
    private volatile long connectingSince;

    Hosts(String connectString) {
        servers = new StaticHostProvider(new ConnectStringParser(connectString).getServerAddresses());
        askedNanos = System.nanoTime();
        connectingSince = askedNanos;
    }

    /** When the client began to open its last connection over which a server took the session, or at the earliest when this was made. */
    long connectingSinceNanos() {
        return connectingSince;
    }

    @Override
    public int size() {
        return servers.size();
    }

    @Override
    public InetSocketAddress next(long spinDelayMillis) {
        InetSocketAddress next = servers.next(spinDelayMillis);
        askedNanos = System.nanoTime();
        return next;
    }

    @Override
    public void onConnected() {
        connectingSince = askedNanos;
        servers.onConnected();
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> addresses, InetSocketAddress current) {
        return servers.updateServerList(addresses, current);
    }
}
