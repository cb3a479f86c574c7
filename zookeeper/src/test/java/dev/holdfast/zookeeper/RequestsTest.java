// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.zookeeper.AsyncCallback.VoidCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of which each part has an answer of its own. */
final class RequestsTest {
    private static final String FIRST = "_c_x-lock-0000000001";
    private static final String SECOND = "_k_x__lock__0000000002";

    /** Keeps deletions until the test answers them; it connects to nobody. */
    private static final class Unanswered extends ZooKeeper {
        private final Map<String, VoidCallback> deletions = new LinkedHashMap<>();

        Unanswered() throws IOException {
            super("127.0.0.1:1", 4_000, event -> {});
        }

        @Override
        public void delete(String path, int version, VoidCallback callback, Object context) {
            deletions.put(path, callback);
        }

        void answer(String node, Code code) {
            String path = "/job/" + node;
            Objects.requireNonNull(deletions.remove(path), node).processResult(code.intValue(), path, null);
        }
    }

    /** The connection may break between the two requests: then the first is lost, and the second arrives over the next one. */
    @ParameterizedTest
    @CsvSource({
        "OK, OK, OK",
        "OK, NONODE, NONODE",
        "NONODE, OK, NONODE",
        "NONODE, NONODE, NONODE",
        "CONNECTIONLOSS, OK, CONNECTIONLOSS",
        "OK, CONNECTIONLOSS, CONNECTIONLOSS",
        "CONNECTIONLOSS, NOAUTH, CONNECTIONLOSS",
        "NOAUTH, OK, NOAUTH",
        "NOAUTH, NONODE, NOAUTH"
    })
    void deletionOfTwins_isAnsweredOnceWithTheWorst(Code ofSecond, Code ofFirst, Code worst) throws Exception {
        List<Code> told = new ArrayList<>();
        try (Unanswered server = new Unanswered()) {
            Requests.delete(server, "/job", List.of(FIRST, SECOND), told::add);
            assertThat(server.deletions).hasSize(2);
            server.answer(SECOND, ofSecond);
            assertThat(told).as("after one answer of two").isEmpty();
            server.answer(FIRST, ofFirst);
        }
        assertThat(told).containsExactly(worst);
    }
}
