// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;

/**
 * The servers that ZooKeeper's client connects to, and since when it was connecting when it last succeeded. The client asks for an address
 * before it opens a connection, and the session begins or moves by what it says over that: later than it asked. With TLS a server's answer over a connection that was
 * given up may still be taken for one over the next; so it counts when the first one since the last success was asked for.
 */
final class Hosts implements HostProvider {
    private final HostProvider servers;
    private boolean connecting;
    private long beganNanos;
    private long connectingSince;

    Hosts(String connectString) {
        servers = new StaticHostProvider(new ConnectStringParser(connectString).getServerAddresses());
        beganNanos = System.nanoTime();
        connectingSince = beganNanos;
    }

    /** When the client began to try for its last connection over which a server took the session. */
    synchronized long connectingSinceNanos() {
        return connectingSince;
    }

    @Override
    public int size() {
        return servers.size();
    }

    @Override
    public InetSocketAddress next(long spinDelayMillis) {
        // It may sleep.
        InetSocketAddress next = servers.next(spinDelayMillis);
        began(System.nanoTime());
        return next;
    }

    private synchronized void began(long now) {
        if (!connecting) {
            connecting = true;
            beganNanos = now;
        }
    }

    @Override
    public void onConnected() {
        succeeded();
        servers.onConnected();
    }

    private synchronized void succeeded() {
        connecting = false;
        connectingSince = beganNanos;
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> addresses, InetSocketAddress current) {
        return servers.updateServerList(addresses, current);
    }
}
