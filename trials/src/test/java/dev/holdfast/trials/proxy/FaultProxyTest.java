// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
    private EchoServer server;
    private FaultProxy proxy;
    private EchoClient client;

    @BeforeEach
    void open() throws IOException {
        server = new EchoServer();
        proxy = FaultProxy.start(server.address(), FrameCounter::lines);
        client = new EchoClient(proxy.address());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        proxy.close();
        server.close();
    }

    @Test
    void withoutFault_everythingPassesAndIsCounted() throws IOException {
        assertThat(client.ask("one")).isEqualTo("one");
        assertThat(client.ask("three")).isEqualTo("three");
        assertThat(proxy.requests().frames()).isEqualTo(2);
        assertThat(proxy.replies().frames()).isEqualTo(2);
        assertThat(proxy.requests().bytes()).isEqualTo(10);
        assertThat(proxy.replies().bytes()).isEqualTo(10);
    }

    @Test
    void clientLeaves_serverHearsItAndTheConnectionIsGone() throws IOException {
        client.ask("one");
        client.socket().shutdownOutput();
        assertThat(client.hear()).isNull();
        assertThat(server.heard()).containsExactly("one", EchoServer.HUNG_UP);
        eventually(() -> proxy.connections() == 0);
    }

    @Test
    void delay_ofOneMillisecond_isAccurateEnoughToMeasureWith() throws IOException {
        for (int i = 0; i < 200; i++) {
            client.ask("warm-up");
        }
        // The best of many, and of several tries: a busy machine adds to most of them.
        List<Long> extra = new ArrayList<>();
        for (int tries = 0; tries < 5; tries++) {
            proxy.requests().delay(Duration.ZERO);
            long bare = bestRoundTripNanos();
            proxy.requests().delay(Duration.ofMillis(1));
            extra.add(bestRoundTripNanos() - bare);
        }
        assertThat(extra)
                .as("the extra time of a round trip")
                .allMatch(nanos -> nanos >= 700_000)
                .anyMatch(nanos -> nanos >= 950_000 && nanos <= 1_300_000);
    }

    @Test
    void delay_manyChunksUnderWay_areNotLinedUpOneDelayAfterTheOther() throws IOException {
        proxy.requests().delay(Duration.ofMillis(100));
        proxy.replies().delay(Duration.ofMillis(100));
        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            client.say("line " + i);
            LockSupport.parkNanos(1_000_000); // otherwise they become one chunk
        }
        for (int i = 0; i < 50; i++) {
            assertThat(client.hear()).isEqualTo("line " + i);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(200), Duration.ofMillis(4_000));
    }

    @Test
    void delay_takenAway_letsNoLaterLineOvertake() throws IOException {
        proxy.requests().delay(Duration.ofSeconds(4));
        client.say("first");
        assertThat(client.hearsNothing()).isTrue();
        proxy.requests().delay(Duration.ZERO);
        client.say("second");
        assertThat(client.hear()).isEqualTo("first");
        assertThat(client.hear()).isEqualTo("second");
    }

    @Test
    void blackHole_ofRequests_serverHearsNothingAndTheClientIsNotTold() throws IOException {
        client.ask("before");
        proxy.requests().blackHole();
        client.say("lost");
        assertThat(client.hearsNothing()).isTrue();
        assertThat(server.heard()).containsExactly("before");
        eventually(() -> proxy.requests().frames() == 2);
    }

    @Test
    void blackHole_ofReplies_requestIsAppliedAndTheReplyVanishes() throws IOException {
        proxy.replies().blackHole();
        client.say("applied");
        eventually(() -> server.heard().contains("applied"));
        assertThat(client.hearsNothing()).isTrue();
    }

    @Test
    void heal_afterABlackHole_resetsTheConnectionThatLostSomethingAndNoOther() throws IOException {
        try (EchoClient quiet = new EchoClient(proxy.address())) {
            quiet.ask("before");
            proxy.replies().blackHole();
            client.say("lost");
            eventually(() -> proxy.replies().frames() == 2);
            proxy.heal();
            assertThatThrownBy(client::hear).isInstanceOf(SocketException.class);
            assertThat(quiet.ask("after")).isEqualTo("after");
        }
    }

    @Test
    void blackHole_endOfAConnection_vanishesToo() throws IOException {
        client.ask("before");
        proxy.requests().blackHole();
        client.socket().shutdownOutput();
        assertThat(client.hearsNothing()).isTrue();
        assertThat(server.heard()).containsExactly("before");
    }

    @Test
    void stall_ofRequests_holdsThemBackAndHealDeliversThemInOrder() throws IOException {
        client.ask("before");
        proxy.requests().stall();
        client.say("late");
        client.say("later");
        assertThat(client.hearsNothing()).isTrue();
        assertThat(server.heard()).containsExactly("before");
        proxy.heal();
        assertThat(client.hear()).isEqualTo("late");
        assertThat(client.hear()).isEqualTo("later");
    }

    @Test
    void stall_sendersBuffersFillUp() throws Exception {
        proxy.requests().stall();
        byte[] block = new byte[1024 * 1024];
        Arrays.fill(block, (byte) 'x');
        Thread sender = new Thread(() -> {
            try {
                for (int i = 0; i < 64; i++) {
                    client.socket().getOutputStream().write(block);
                }
            } catch (IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        sender.start();
        sender.join(300);
        assertThat(sender.isAlive()).as("blocked in write").isTrue();
        proxy.close();
        sender.join(EchoClient.PATIENCE.toMillis());
        assertThat(sender.isAlive()).isFalse();
    }

    @Test
    void stall_ofReplies_requestsAreAppliedAtOnce() throws IOException {
        proxy.replies().stall();
        client.say("applied");
        eventually(() -> server.heard().contains("applied"));
        assertThat(client.hearsNothing()).isTrue();
        proxy.heal();
        assertThat(client.hear()).isEqualTo("applied");
    }

    @Test
    void cutBefore_thirdRequest_deliversTwo() throws IOException {
        proxy.requests().cutBefore(3);
        client.say("one\ntwo\nthree\nfour");
        assertThat(endOf(client)).isNotEmpty();
        eventually(() -> server.heard().contains(EchoServer.HUNG_UP));
        assertThat(server.heard()).containsExactly("one", "two", EchoServer.HUNG_UP);
    }

    @Test
    void cutBefore_frameThatComesInPieces_deliversNoByteOfIt() throws IOException {
        client.ask("zero");
        proxy.requests().cutBefore(2);
        client.say("one");
        assertThat(client.hear()).isEqualTo("one");
        client.socket().getOutputStream().write("tw".getBytes(UTF_8));
        assertThat(endOf(client)).isNotEmpty();
        eventually(() -> server.heard().contains(EchoServer.HUNG_UP));
        assertThat(server.heard()).containsExactly("zero", "one", EchoServer.HUNG_UP);
    }

    @Test
    void cutAfter_request_isAppliedButNotAnswered() throws IOException {
        client.ask("zero");
        for (int i = 0; i < 50; i++) {
            try (EchoClient another = new EchoClient(proxy.address())) {
                String line = "applied " + i;
                proxy.requests().cutAfter(1);
                another.say(line);
                assertThat(endOf(another)).isNotEmpty();
                eventually(() -> server.heard().contains(line));
            }
        }
        assertThat(server.heard()).doesNotContain(EchoServer.BROKEN_OFF);
        assertThat(client.ask("others live")).isEqualTo("others live");
        eventually(() -> proxy.connections() == 1);
    }

    @Test
    void cutAfter_repliesAreUnread_requestIsAppliedAllTheSame() throws IOException {
        proxy.replies().stall();
        for (String line : List.of("one", "two", "three")) {
            client.say(line);
            eventually(() -> server.heard().contains(line));
        }
        proxy.requests().cutAfter(1);
        client.say("applied");
        eventually(() -> server.heard().size() == 5);
        assertThat(server.heard()).endsWith("applied", EchoServer.HUNG_UP);
    }

    @Test
    void cutAfter_reply_isStillHeard() throws IOException {
        proxy.replies().cutAfter(2);
        client.say("one\ntwo\nthree");
        assertThat(client.hear()).isEqualTo("one");
        assertThat(client.hear()).isEqualTo("two");
        assertThat(endOf(client)).isNotEmpty();
    }

    @Test
    void cutBefore_reply_requestWasAppliedAndItsReplyIsLost() throws IOException {
        proxy.replies().cutBefore(1);
        client.say("applied");
        assertThat(endOf(client)).isNotEmpty();
        assertThat(server.heard()).startsWith("applied");
    }

    @Test
    void reset_bothSides_seeIt() throws IOException {
        client.ask("before");
        proxy.reset();
        assertThatThrownBy(client::hear).isInstanceOf(SocketException.class);
        eventually(() -> server.heard().contains(EchoServer.BROKEN_OFF));
        try (EchoClient next = new EchoClient(proxy.address())) {
            assertThat(next.ask("after")).isEqualTo("after");
        }
    }

    @Test
    void refuse_newConnections_areRefusedUntilHealed() throws IOException {
        client.ask("before");
        proxy.refuse();
        assertThatThrownBy(() -> new EchoClient(proxy.address())).isInstanceOf(ConnectException.class);
        assertThat(client.ask("open ones stay")).isEqualTo("open ones stay");
        proxy.heal();
        try (EchoClient next = new EchoClient(proxy.address())) {
            assertThat(next.ask("after")).isEqualTo("after");
        }
    }

    @Test
    void serverIsDown_connectionIsReset() throws IOException {
        server.close();
        assertThatThrownBy(() -> {
                    try (EchoClient next = new EchoClient(proxy.address())) {
                        next.hear();
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    @Test
    void close_endsConnectionsAndThreadsAndGivesThePortBack() throws IOException {
        client.ask("before");
        proxy.requests().delay(Duration.ofMillis(1));
        client.ask("delayed");
        proxy.close();
        assertThatThrownBy(client::hear).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> new EchoClient(proxy.address())).isInstanceOf(ConnectException.class);
        String name = "fault-proxy-" + proxy.port();
        eventually(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith(name)));
    }

    /** How the connection ended: a client cannot rely on whether it is an end or a reset. */
    private static String endOf(EchoClient client) {
        try {
            String line = client.hear();
            while (line != null) {
                line = client.hear();
            }
            return "end";
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the connection lives", e);
        } catch (IOException e) {
            return "reset";
        }
    }

    private long bestRoundTripNanos() throws IOException {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 200; i++) {
            long start = System.nanoTime();
            client.ask("ping");
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    private static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + EchoClient.PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("the time until which it must be true")
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
