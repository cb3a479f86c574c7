// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/** The settings of ZooKeeper's client. */
final class Tls {
    private Tls() {}

    static ZKClientConfig config(ZooKeeperOptions.@Nullable TlsFiles files) {
        return new ZKClientConfig();
    }
}
