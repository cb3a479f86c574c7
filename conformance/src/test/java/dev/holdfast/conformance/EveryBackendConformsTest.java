// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.ConformanceSuite;
import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A backend that nobody runs the suites on fails the build. */
final class EveryBackendConformsTest {
    @Test
    void backend_ofCoreOrTestkit_runsBothSuites() throws Exception {
        Set<Class<?>> backends = new HashSet<>();
        for (Class<?> inModule : List.of(Holdfast.class, LockConformance.class)) {
            classes(inModule).stream()
                    .filter(type -> LockBackend.class.isAssignableFrom(type)
                            && !type.isInterface()
                            && !Modifier.isAbstract(type.getModifiers()))
                    .forEach(backends::add);
        }
        assertThat(backends).hasSizeGreaterThanOrEqualTo(2);
        assertThat(provenBy(LockConformance.class)).containsAll(backends);
        assertThat(provenBy(BackendConformance.class)).containsAll(backends);
    }

    /** The backends that the subclasses of a suite in this module open. */
    private static Set<Class<?>> provenBy(Class<? extends ConformanceSuite> suite) throws Exception {
        Set<Class<?>> proven = new HashSet<>();
        for (Class<?> type : classes(EveryBackendConformsTest.class)) {
            if (suite.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                Constructor<?> constructor = type.getDeclaredConstructor();
                constructor.setAccessible(true);
                Method openStore = type.getDeclaredMethod("openStore");
                openStore.setAccessible(true);
                try (StoreFixture store = (StoreFixture) openStore.invoke(constructor.newInstance())) {
                    proven.add(store.connect().backend().getClass());
                }
            }
        }
        return proven;
    }

    private static List<Class<?>> classes(Class<?> inModule) throws IOException, URISyntaxException {
        URI source =
                inModule.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path path = Path.of(source);
        if (Files.isDirectory(path)) {
            return classes(path);
        }
        try (FileSystem jar = FileSystems.newFileSystem(path, Map.of())) {
            return classes(jar.getPath("/"));
        }
    }

    private static List<Class<?>> classes(Path root) throws IOException {
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name =
                        root.relativize(file).toString().replace(".class", "").replaceAll("[/\\\\]", ".");
                if (!name.endsWith("-info")) {
                    classes.add(load(name));
                }
            }
        }
        return classes;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, EveryBackendConformsTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void capability_ofTheFixtures_isTestedOrStated() throws Exception {
        for (StoreFixture fixture : List.of(
                new MemoryFixture(),
                new FileFixture(),
                ScriptedFixture.leased(),
                ScriptedFixture.sessionBound(),
                ScriptedFixture.polled())) {
            try (fixture) {
                assertThat(fixture.lacks().values())
                        .allSatisfy(reason -> assertThat(reason).matches(".{20,}\\."));
                assertThat(fixture.lacks()).hasSizeLessThan(Capability.values().length);
            }
        }
    }
}
