// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.Flow;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The way of workers to the servers: a proxy before each. Without a network there is none, and the URI is the store's own. */
final class Link implements AutoCloseable {
    private final String uri;
    private final List<FaultProxy> proxies;

    private Link(String uri, List<FaultProxy> proxies) {
        this.uri = uri;
        this.proxies = proxies;
    }

    static Link direct(String uri) {
        return new Link(uri, List.of());
    }

    static Link via(Network network) {
        List<FaultProxy> proxies = new ArrayList<>();
        try {
            for (InetSocketAddress server : network.servers()) {
                proxies.add(FaultProxy.start(server, network.frames()));
            }
        } catch (RuntimeException e) {
            proxies.forEach(FaultProxy::close);
            throw e;
        }
        return new Link(
                network.uriVia().apply(proxies.stream().map(FaultProxy::address).toList()), List.copyOf(proxies));
    }

    String uri() {
        return uri;
    }

    List<FaultProxy> proxies() {
        return proxies;
    }

    static Stream<Flow> directions(List<FaultProxy> proxies) {
        return proxies.stream().flatMap(proxy -> Stream.of(proxy.requests(), proxy.replies()));
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
    }
}
