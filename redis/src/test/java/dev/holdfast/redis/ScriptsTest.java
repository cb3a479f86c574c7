// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.script.Script;
import dev.holdfast.testkit.servers.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The scripts by themselves: what they do when they run twice, and to whom a lock goes. */
final class ScriptsTest {
    private static final String[] KEYS = {"k", "hf~q{k}", "hf~d{k}", "hf~f{k}"};
    private static final String NEVER = "9007199254740991";

    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(redis);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private List<Object> run(Script script, String mode, String client, String... rest) {
        List<String> words = new ArrayList<>(List.of("PUBLISH", "hf~c:", mode, client));
        words.addAll(List.of(rest));
        return stage.redis().eval(script.text(), ScriptOutputType.MULTI, KEYS, words.toArray(String[]::new));
    }

    private List<Object> acquire(String mode, String client, String claim, boolean waits) {
        return run(Script.ACQUIRE, mode, client, claim, "30000", "label", waits ? "1" : "0", NEVER);
    }

    private List<Object> release(String mode, String client, String claim, String next, boolean waits) {
        return run(
                Script.RELEASE,
                mode,
                client,
                claim,
                "30000",
                "label",
                "0",
                next,
                "30000",
                "label",
                waits ? "1" : "0",
                NEVER);
    }

    @Test
    void releaseThatIsRepeated_findsWhatItGrantedTheFirstTime() {
        for (boolean waits : new boolean[] {true, false}) {
            stage.redis().flushall();
            acquire("", "A", "a1", false);
            List<Object> first = release("", "A", "a1", "a2", waits);
            List<Object> again = release("", "A", "a1", "a2", waits);
            assertThat(first.get(2)).isEqualTo(1L);
            assertThat(again.subList(2, 4)).isEqualTo(first.subList(2, 4));
            assertThat(stage.redis().exists("hf~q{k}"))
                    .as("a place in line of its own")
                    .isZero();
        }
    }

    @Test
    void grantThatIsAskedAbout_leavesNoPlaceInLine() {
        acquire("", "A", "a1", false);
        acquire("", "B", "b1", true);
        stage.redis().set("k", "hf1|b1|7|B|label");
        assertThat(acquire("", "B", "b1", true).subList(1, 3)).containsExactly(1L, 7L);
        assertThat(stage.redis().exists("hf~q{k}")).isZero();
    }

    @Test
    void barging_releaseWithANextClaim_frees_andTellsTheFirstInLine() {
        RedisClient driver = RedisClient.create("redis://" + redis.address());
        try (StatefulRedisPubSubConnection<String, String> listener = driver.connectPubSub()) {
            listener.sync().subscribe("hf~c:A", "hf~c:B");
            acquire("barging", "A", "a1", false);
            acquire("barging", "B", "b1", true);
            List<Object> answer = release("barging", "A", "a1", "a2", true);
            assertThat(answer.get(2)).as("in line").isEqualTo(2L);
            assertThat(stage.redis().exists("k")).as("free for everybody").isZero();
            assertThat(stage.redis().zrange("hf~q{k}", 0, -1)).hasSize(2);
            assertThat(acquire("barging", "A", "a2", true).get(1)).isEqualTo(1L);
            assertThat(stage.redis().zrange("hf~q{k}", 0, -1))
                    .as("no ghost of the grant")
                    .hasSize(1);
        } finally {
            driver.shutdown();
        }
    }
}
