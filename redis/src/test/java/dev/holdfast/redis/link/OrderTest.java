// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.RedisServer;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests leave in the order in which they are sent, whoever sends them. */
final class OrderTest {
    private static final long PATIENCE = 20;

    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    private final Driver driver = new Driver(new Access(null, null, 0, false, null, null, null), at -> at);

    /** Runs something on the driver's thread. */
    private static final class Ping extends Request {
        private final Runnable whenAnswered;

        Ping(Runnable whenAnswered) {
            this.whenAnswered = whenAnswered;
        }

        @Override
        protected void write(ByteBuf out) {
            writeCount(out, 1);
            writeWords(out, Words.of("PING"));
        }

        @Override
        protected void answered(Reply answer) {
            whenAnswered.run();
        }

        @Override
        protected void refused(String error) {
            throw new AssertionError(error);
        }

        @Override
        protected void lost(Throwable cause, boolean mayHaveApplied) {
            throw new AssertionError(cause);
        }
    }

    private NodeLink connect() throws Exception {
        InetSocketAddress address = redis.node().socketAddress();
        NodeLink link = new NodeLink(
                driver,
                () -> CompletableFuture.completedFuture(address),
                wire -> CompletableFuture.allOf(),
                new NodeLink.Listener() {
                    @Override
                    public void up(NodeLink link) {}

                    @Override
                    public void down(NodeLink link) {}

                    @Override
                    public void pushed(NodeLink link, String kind, String message) {}
                });
        link.start().get(PATIENCE, TimeUnit.SECONDS);
        return link;
    }

    private static CompletableFuture<Reply> ask(NodeLink link, String... words) {
        PlainRequest request = new PlainRequest(words);
        link.send(request);
        return request.future();
    }

    private static void append(NodeLink link, String text) {
        link.send(new PlainRequest("APPEND", "order", text));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void driversThread_doesNotOvertakeWhatOthersSentBefore() throws Exception {
        NodeLink link = connect();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch sentLater = new CountDownLatch(1);
        link.send(new Ping(() -> {
            busy.countDown();
            await(sent);
            append(link, "2");
            append(link, "3");
            sentLater.countDown();
        }));
        await(busy);
        append(link, "1");
        sent.countDown();
        await(sentLater);
        append(link, "4");
        assertThat(ask(link, "GET", "order").get(PATIENCE, TimeUnit.SECONDS).text(0))
                .isEqualTo("1234");
        link.close();
    }
}
