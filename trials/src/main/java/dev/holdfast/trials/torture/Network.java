// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.proxy.FrameCounter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The servers of a store whose clients talk to the addresses in its URI and to no others, so that proxies can stand before them.
 *
 * @param servers their addresses
 * @param uriVia the store's URI with other addresses in the place of these
 * @param frames how requests and replies are told apart
 * @param common whether all workers go through the same proxies, because the addresses decide which server has which lock; otherwise each
 *     worker has proxies of its own, and can be cut off alone
 */
public record Network(
        List<InetSocketAddress> servers,
        Function<List<InetSocketAddress>, String> uriVia,
        Supplier<FrameCounter> frames,
        boolean common) {}
