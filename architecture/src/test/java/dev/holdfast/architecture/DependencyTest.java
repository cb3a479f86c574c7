// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Who may depend on whom. A rule that finds nothing to check fails, but for the backends that are still to come. */
final class DependencyTest {
    private static final String API = "dev.holdfast";
    private static final String SPI = "dev.holdfast.spi..";
    private static final String INTERNAL = "dev.holdfast.internal..";
    private static final String[] BACKENDS = {
        "dev.holdfast.memory..",
        "dev.holdfast.file..",
        "dev.holdfast.redis..",
        "dev.holdfast.zookeeper..",
        "dev.holdfast.etcd..",
        "dev.holdfast.jdbc..",
        "dev.holdfast.memcached.."
    };

    private static final JavaClasses CORE = BuiltModule.core().classes();
    private static final JavaClasses ALL = BuiltModule.allClasses();

    @Test
    void api_reachesNoInternalsAndNoBackend() {
        noClasses()
                .that(resideInAPackage(API))
                .should()
                .dependOnClassesThat(resideInAPackage(INTERNAL).or(resideInAnyPackage(BACKENDS)))
                .because("users compile against the API, and every backend is found through the SPI")
                .check(CORE);
    }

    @Test
    void spi_reachesNoInternalsAndNoBackend() {
        noClasses()
                .that(resideInAPackage(SPI))
                .should()
                .dependOnClassesThat(resideInAPackage(INTERNAL).or(resideInAnyPackage(BACKENDS)))
                .because("people write backends of their own against the SPI")
                .check(CORE);
    }

    @Test
    void core_dependsOnNothingButTheJdkAndJspecify() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", "dev.holdfast.."))
                .check(CORE);
    }

    @ParameterizedTest
    @FieldSource("BACKENDS")
    void backend_seesOnlyApiAndSpi(String backend) {
        DescribedPredicate<JavaClass> ours = resideInAPackage("dev.holdfast..");
        noClasses()
                .that(resideInAPackage(backend))
                .should()
                .dependOnClassesThat(ours.and(DescribedPredicate.not(resideInAnyPackage(API, SPI, backend)))
                        .as("are ours but neither API nor SPI"))
                .allowEmptyShould(!providedPackages().contains(backend))
                .check(ALL);
    }

    @Test
    void everyProvidedBackend_isChecked() {
        assertThat(providedPackages()).isNotEmpty().isSubsetOf(BACKENDS);
    }

    private static Set<String> providedPackages() {
        return BuiltModule.all().values().stream()
                .flatMap(module -> module.descriptor().provides().stream())
                .filter(provides -> provides.service().equals("dev.holdfast.spi.BackendProvider"))
                .flatMap(provides -> provides.providers().stream())
                .map(provider -> provider.substring(0, provider.lastIndexOf('.')) + "..")
                .collect(Collectors.toSet());
    }
}
