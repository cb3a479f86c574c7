// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisServerTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    @Test
    void start_answersUnderItsUri() throws IOException {
        assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
        assertThat(RedisWire.ask(redis.port(), "PING")).isEqualTo("PONG");
        assertThat(RedisWire.ask(redis.port(), "INFO", "server")).contains("process_id:" + redis.pid());
    }

    @Test
    void start_onlyLocalClientsCanReachIt() throws IOException {
        assertThat(RedisWire.ask(redis.port(), "CONFIG", "GET", "bind")).contains("127.0.0.1");
    }

    @Test
    void start_twoAtTheSameTime_haveTheirOwnPortsAndData() throws IOException {
        try (RedisServer other = RedisServer.start("--maxmemory", "100mb")) {
            RedisWire.ask(redis.port(), "SET", "here", "1");
            assertThat(other.port()).isNotEqualTo(redis.port());
            assertThat(RedisWire.ask(other.port(), "EXISTS", "here")).isEqualTo("0");
            assertThat(RedisWire.ask(other.port(), "CONFIG", "GET", "maxmemory"))
                    .as("the option")
                    .contains("104857600");
        }
    }

    @Test
    void start_portIsLost_takesAnotherAndIsNotFooledByWhoAnswersThere() throws IOException {
        Deque<Integer> ports = new ArrayDeque<>(List.of(redis.port(), LoopbackPorts.free(1)[0]));
        int second = ports.getLast();
        try (RedisSecond other = new RedisSecond(ports)) {
            assertThat(other.port()).isEqualTo(second);
            assertThat(RedisWire.ask(second, "INFO", "server")).contains("process_id:" + other.pid());
        }
    }

    private static final class RedisSecond extends SingleServer {
        RedisSecond(Deque<Integer> ports) {
            super(Product.REDIS, "HOLDFAST_TEST_NONE", () -> new RedisProgram(ports.remove(), "", List.of()));
        }

        @Override
        String uriOfNodes() {
            return "redis://" + address();
        }
    }

    @Test
    void start_badOption_saysWhatTheServerSaid() {
        assertThatThrownBy(() -> RedisServer.start("--no-such-option", "1"))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("while it was starting")
                .hasMessageContaining("no-such-option");
    }

    @Test
    void pause_clientsGetNoAnswerUntilItIsResumed() throws IOException {
        redis.pause();
        try (Socket client = new Socket(redis.socketAddress().getAddress(), redis.port())) {
            client.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            client.setSoTimeout(200);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            redis.resume();
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo('+');
        }
    }

    @Test
    void kill_portIsClosedAndRestartFindsTheData() throws IOException {
        RedisWire.ask(redis.port(), "SET", "kept", "yes");
        int port = redis.port();
        redis.kill();
        assertThat(redis.node().isRunning()).isFalse();
        assertThatThrownBy(() -> RedisWire.ask(port, "PING")).isInstanceOf(ConnectException.class);
        redis.restart();
        assertThat(redis.port()).isEqualTo(port);
        assertThat(RedisWire.ask(port, "GET", "kept")).isEqualTo("yes");
    }

    @Test
    void restartEmpty_ofAPausedServer_hasNoData() throws IOException {
        RedisWire.ask(redis.port(), "SET", "lost", "yes");
        redis.pause();
        redis.restartEmpty();
        assertThat(RedisWire.ask(redis.port(), "DBSIZE")).isEqualTo("0");
    }
}
