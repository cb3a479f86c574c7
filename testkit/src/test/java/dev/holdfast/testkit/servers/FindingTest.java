// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

final class FindingTest {
    @Test
    void start_serverIsNotInstalled_saysHowToGetItOrLeaveItOut() throws IOException {
        try (ServerChild child = ServerChild.run("redis", Map.of("PATH", "/nowhere"))) {
            assertThat(child.lines())
                    .singleElement()
                    .asString()
                    .contains("apt-get install redis-server")
                    .contains("HOLDFAST_TEST_REDIS")
                    .contains("-Dholdfast.test.skip=redis");
        }
    }

    @Test
    void start_serverIsNamedByTheEnvironment_isUsedAndNotTouched() throws IOException {
        String uri = "redis://elsewhere:1234";
        try (ServerChild child = ServerChild.run("redis", Map.of("PATH", "/nowhere", "HOLDFAST_TEST_REDIS", uri))) {
            assertThat(child.lines().subList(0, 2)).containsExactly(uri, "false");
            assertThat(child.lines().get(2)).contains("only servers that were started here can be stopped");
        }
    }

    @Test
    void leftOut_classIsReportedAsSkipped() {
        String before = System.getProperty(Product.SKIP, "");
        System.setProperty(Product.SKIP, "etcd,memcached");
        try {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(NeedsMemcached.class))
                    .build();
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, listener);
            TestExecutionSummary summary = listener.getSummary();
            assertThat(summary.getContainersSkippedCount()).isEqualTo(1);
            assertThat(summary.getTestsStartedCount()).isZero();
            assertThat(summary.getTotalFailureCount()).isZero();
        } finally {
            System.setProperty(Product.SKIP, before);
        }
    }

    static final class NeedsMemcached {
        @RegisterExtension
        static final MemcachedServer memcached = MemcachedServer.start();

        @Test
        void needsIt() {
            assertThat(memcached.pid()).isPositive();
        }
    }
}
