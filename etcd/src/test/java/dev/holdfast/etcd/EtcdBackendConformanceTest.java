// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.EtcdServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EtcdBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start(EtcdFixture.QUICK);

    @Override
    protected StoreFixture openStore() {
        return EtcdFixture.of(etcd);
    }
}
