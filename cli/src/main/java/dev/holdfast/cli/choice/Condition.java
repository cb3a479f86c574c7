// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a rule applies: {@code always}, or comparisons of facts with {@code and} between them. */
record Condition(List<Predicate<Facts>> all) {
    private static final Pattern NUMBER = Pattern.compile("(processes|machines|rate|hold) ([<>=]) (\\d+(?:\\.\\d+)?)");
    private static final Pattern WORD =
            Pattern.compile("(?:twice = (?:harmless|costly|never)|(?:token|ordered|clocked|table) = (?:yes|no))");
    private static final Pattern HAS = Pattern.compile("has (\\S+)");

    static Condition parse(String text) {
        List<Predicate<Facts>> all = new ArrayList<>();
        if (!text.equals("always")) {
            for (String part : text.split(" and ", -1)) {
                all.add(comparison(part));
            }
        }
        return new Condition(List.copyOf(all));
    }

    private static Predicate<Facts> comparison(String text) {
        Matcher number = NUMBER.matcher(text);
        if (number.matches()) {
            String fact = number.group(1);
            double limit = Double.parseDouble(number.group(3));
            return switch (number.group(2)) {
                case "<" -> facts -> facts.number(fact) < limit;
                case ">" -> facts -> facts.number(fact) > limit;
                default -> facts -> facts.number(fact) == limit;
            };
        }
        if (WORD.matcher(text).matches()) {
            String[] sides = text.split(" = ", -1);
            return facts -> facts.word(sides[0]).equals(sides[1]);
        }
        Matcher has = HAS.matcher(text);
        if (has.matches()) {
            String store = has.group(1);
            return facts -> facts.stores().contains(store);
        }
        throw new IllegalArgumentException("not a comparison of a known fact: " + text);
    }

    boolean holds(Facts facts) {
        return all.stream().allMatch(one -> one.test(facts));
    }
}
