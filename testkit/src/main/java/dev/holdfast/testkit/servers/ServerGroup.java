// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Servers that together are one store. As a JUnit extension in a static field they are closed after the tests of the class. Without JUnit
 * whoever starts them closes them; in either case they are gone when this JVM is.
 *
 * <p>Each is found in this order: the URI in its environment variable, then the program on this machine, otherwise {@code start} throws
 * a {@link ServerFailedException} that says what to install. {@code -Dholdfast.test.skip=etcd,redis} leaves products out on purpose: the
 * classes that use them are then reported as skipped.
 */
public abstract class ServerGroup implements AutoCloseable, AfterAllCallback, ExecutionCondition {
    private static final int PORT_TRIES = 5;

    private final Product product;
    private final boolean leftOut;
    private final List<ServerNode> nodes;
    private final @Nullable String externalUri;

    ServerGroup(Product product, String variable, Supplier<List<ServerProgram>> programs) {
        this.product = product;
        leftOut = product.isLeftOut();
        String uri = System.getenv(variable);
        externalUri = uri == null || uri.isBlank() ? null : uri.strip();
        nodes = leftOut || externalUri != null ? List.of() : startAll(programs);
    }

    /**
     * The servers of this store that were started here, in the order that the class describes.
     *
     * @return unmodifiable
     * @throws IllegalStateException if the store was named by the environment, or left out
     */
    public final List<ServerNode> nodes() {
        if (nodes.isEmpty()) {
            throw new IllegalStateException(
                    leftOut
                            ? product.label() + " is left out by -D" + Product.SKIP
                            : product.label()
                                    + " is named by the environment: only servers that were started here can be"
                                    + " stopped, killed or looked at");
        }
        return nodes;
    }

    /**
     * Whether the store was started here, so that {@link #nodes()} can be stopped and killed.
     *
     * @return false if it was named by the environment, or left out
     */
    public final boolean isOurs() {
        return !nodes.isEmpty();
    }

    /**
     * Where clients find the store.
     *
     * @return the URI in the environment, or one of the servers that were started here
     * @throws IllegalStateException if the store was left out
     */
    public final String uri() {
        return externalUri != null && !leftOut ? externalUri : uriOfNodes();
    }

    /** The URI of what was started here. */
    abstract String uriOfNodes();

    /** The addresses of the given nodes, separated by commas. */
    static String addresses(List<ServerNode> nodes) {
        return nodes.stream().map(ServerNode::address).collect(Collectors.joining(","));
    }

    /**
     * Starts some of the servers again with their data; stops them first if they run. At the same time, because some answer only when they have
     * found each other. Returns when they answer.
     *
     * @param some of {@link #nodes()}
     */
    public final void restart(List<ServerNode> some) {
        some.forEach(ServerNode::stop);
        some.forEach(ServerNode::launch);
        some.forEach(ServerNode::awaitAnswerAgain);
    }

    /** Ends what was started here, and deletes its data. Does nothing the second time. */
    @Override
    public final void close() {
        nodes.forEach(ServerNode::close);
    }

    /** For JUnit. */
    @Override
    public final void afterAll(ExtensionContext context) {
        // Nested classes inherit the extension, and end before the class that has it.
        if (context.getParent().flatMap(ExtensionContext::getTestClass).isEmpty()) {
            close();
        }
    }

    /** For JUnit. */
    @Override
    public final ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return leftOut
                ? ConditionEvaluationResult.disabled(product.label() + " is left out by -D" + Product.SKIP)
                : ConditionEvaluationResult.enabled("there is " + product.label());
    }

    /** Makes one store of the nodes, each of which answers already. */
    @FunctionalInterface
    interface Forming {
        void join(List<ServerNode> nodes) throws IOException;
    }

    /** A question to a node; an exception means no. */
    @FunctionalInterface
    interface NodeQuestion {
        boolean ask(ServerNode node) throws IOException;
    }

    /** To be called once, by whoever makes a group that is more than its nodes. */
    final void form(Forming forming) {
        boolean formed = false;
        try {
            forming.join(nodes);
            formed = true;
        } catch (IOException e) {
            throw new ServerFailedException("could not make one store of " + addresses(nodes), e);
        } finally {
            if (!formed) {
                close();
            }
        }
    }

    /** Waits until the answer of each node is yes. */
    static void await(List<ServerNode> nodes, NodeQuestion question, String what) {
        for (ServerNode node : nodes) {
            if (!Waiting.until(() -> question.ask(node), Waiting.PATIENCE)) {
                throw node.failure("took too long " + what, null);
            }
        }
    }

    private static List<ServerNode> startAll(Supplier<List<ServerProgram>> programs) {
        for (int tries = 1; ; tries++) {
            List<ServerNode> nodes = new ArrayList<>();
            boolean complete = false;
            try {
                for (ServerProgram program : programs.get()) {
                    nodes.add(ServerNode.prepare(program));
                }
                // Some answer only when they have found each other.
                nodes.forEach(ServerNode::launch);
                for (ServerNode node : nodes) {
                    node.awaitAnswer();
                }
                complete = true;
                return List.copyOf(nodes);
            } catch (ServerNode.PortLostException e) {
                if (tries == PORT_TRIES) {
                    throw new ServerFailedException("ports were taken in each of " + tries + " tries", e);
                }
            } finally {
                if (!complete) {
                    nodes.forEach(ServerNode::close);
                }
            }
        }
    }
}
