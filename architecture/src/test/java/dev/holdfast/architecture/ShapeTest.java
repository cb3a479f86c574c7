// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** What a class of the core may look like. */
final class ShapeTest {
    private static final JavaClasses CORE = BuiltModule.core().classes();

    @Test
    void apiClass_isClosedToInheritance() {
        DescribedPredicate<JavaClass> closed = DescribedPredicate.<JavaClass>or(
                        modifier(FINAL).forSubtype(),
                        INTERFACES,
                        JavaClass.Predicates.ENUMS,
                        modifier(ABSTRACT).<JavaClass>forSubtype().and(assignableTo(Throwable.class)))
                .as("final, an interface, an enum or an abstract exception");
        classes()
                .that()
                .resideInAPackage("dev.holdfast")
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should(be(closed))
                .check(CORE);
    }

    @Test
    void instanceField_isNotPublic() {
        noFields().that().areNotStatic().should().bePublic().check(CORE);
    }

    @Test
    void staticField_isFinal() {
        fields().that().areStatic().should().beFinal().check(CORE);
    }
}
