// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A module of this project, found on the class path by its descriptor: its main classes, and none of a test. A module whose libraries cannot
 * be modules has no descriptor, and is found by the service that it provides.
 */
record BuiltModule(ModuleDescriptor descriptor, URI root) {
    private static final String DESCRIPTOR = "module-info.class";
    private static final String SERVICE = "dev.holdfast.spi.BackendProvider";
    private static final String SERVICE_FILE = "META-INF/services/" + SERVICE;
    private static final Map<String, BuiltModule> ALL = find();

    static Map<String, BuiltModule> all() {
        return ALL;
    }

    static BuiltModule core() {
        return ALL.get("dev.holdfast");
    }

    static JavaClasses allClasses() {
        return new ClassFileImporter()
                .importUrls(ALL.values().stream().map(m -> url(m.root)).toList());
    }

    JavaClasses classes() {
        return new ClassFileImporter().importUrl(url(root));
    }

    /** The lines of a service file, which a program on the class path needs where one on the module path has `provides`. */
    List<String> serviceFile(String service) throws IOException {
        try (InputStream in =
                url(URI.create(root + "META-INF/services/" + service)).openStream()) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    private static Map<String, BuiltModule> find() {
        try {
            List<BuiltModule> described = Collections.list(ClassLoader.getSystemResources(DESCRIPTOR)).stream()
                    .map(BuiltModule::read)
                    .toList();
            Map<String, BuiltModule> all = described.stream()
                    .filter(m -> m.descriptor.name().startsWith("dev.holdfast"))
                    .collect(Collectors.toMap(
                            m -> m.descriptor.name(), Function.identity(), (first, again) -> first, TreeMap::new));
            for (URL service : Collections.list(ClassLoader.getSystemResources(SERVICE_FILE))) {
                URI root = rootOf(service, SERVICE_FILE);
                if (described.stream().noneMatch(m -> m.root.equals(root))) {
                    BuiltModule without = withoutDescriptor(root);
                    all.putIfAbsent(without.descriptor.name(), without);
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As if it said what its service file says. */
    private static BuiltModule withoutDescriptor(URI root) throws IOException {
        ModuleDescriptor nothing =
                ModuleDescriptor.newAutomaticModule("dev.holdfast").build();
        List<String> providers = new BuiltModule(nothing, root).serviceFile(SERVICE);
        String first = providers.get(0);
        String name = first.substring(0, first.lastIndexOf('.'));
        return new BuiltModule(
                ModuleDescriptor.newAutomaticModule(name)
                        .packages(Set.of(name))
                        .provides(SERVICE, providers)
                        .build(),
                root);
    }

    private static URI rootOf(URL resource, String path) {
        String url = resource.toString();
        return URI.create(url.substring(0, url.length() - path.length()));
    }

    private static BuiltModule read(URL descriptor) {
        try (InputStream in = descriptor.openStream()) {
            return new BuiltModule(ModuleDescriptor.read(in), rootOf(descriptor, DESCRIPTOR));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(URI uri) {
        try {
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}
