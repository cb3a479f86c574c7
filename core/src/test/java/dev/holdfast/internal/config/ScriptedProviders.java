// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.config;

import dev.holdfast.LockInfo;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Backends that never do anything, and a class loader that adds them to those which are there, one of them twice and one broken. */
final class ScriptedProviders {
    private static final String SERVICES = "META-INF/services/" + BackendProvider.class.getName();

    private ScriptedProviders() {}

    /** Knows one parameter of its own. */
    public static final class First implements BackendProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("scripted", "twice");
        }

        @Override
        public LockBackend create(BackendUri uri) {
            uri.take("color");
            return new Recorded(uri);
        }
    }

    /** Shares a scheme with the other one. */
    public static final class Second implements BackendProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("twice");
        }

        @Override
        public LockBackend create(BackendUri uri) {
            return new Recorded(uri);
        }
    }

    static ClassLoader loader(ClassLoader parent) {
        return new ClassLoader(parent) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                List<URL> all = new ArrayList<>(Collections.list(super.getResources(name)));
                if (name.equals(SERVICES)) {
                    all.add(text("no.such.Provider\n" + First.class.getName()));
                    all.add(text(First.class.getName() + "\n" + Second.class.getName()));
                }
                return Collections.enumeration(all);
            }
        };
    }

    @SuppressWarnings("deprecation") // the constructor of URL, the only way to a handler of its own on every JDK
    private static URL text(String content) throws IOException {
        return new URL("text", "", -1, "/" + content.hashCode(), new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                    @Override
                    public void connect() {}

                    @Override
                    public InputStream getInputStream() {
                        return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
                    }
                };
            }
        });
    }

    record Recorded(BackendUri uri) implements LockBackend {
        @Override
        public String id() {
            return "scripted";
        }

        @Override
        public Deployment open(BackendEvents events, Duration timeout) {
            throw new AssertionError("Reading settings does no I/O");
        }

        @Override
        public void acquire(Claim claim) {
            throw new AssertionError("not opened");
        }

        @Override
        public void withdraw(Claim claim) {
            throw new AssertionError("not opened");
        }

        @Override
        public void renew(List<Claim> claims) {
            throw new AssertionError("not opened");
        }

        @Override
        public void release(Claim claim, @Nullable Claim next) {
            throw new AssertionError("not opened");
        }

        @Override
        public void releaseAll(List<Claim> claims, long giveUpNanos) {
            throw new AssertionError("not opened");
        }

        @Override
        public CompletionStage<@Nullable LockInfo> inspect(String key) {
            throw new AssertionError("not opened");
        }

        @Override
        public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
            throw new AssertionError("not opened");
        }

        @Override
        public CompletionStage<Boolean> forceRelease(String key, boolean now) {
            throw new AssertionError("not opened");
        }

        @Override
        public void close() {
            throw new AssertionError("not opened");
        }
    }
}
