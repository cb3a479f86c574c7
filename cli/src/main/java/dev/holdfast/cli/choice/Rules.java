// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import dev.holdfast.cli.choice.Advice.Choice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rules of {@code rules.txt}, which says what they look like. */
public final class Rules {
    private static final Pattern STORE = Pattern.compile("store (\\S+) level=(\\S+) tier=(\\S+) uri=(\\S+)");
    private static final Pattern RULE =
            Pattern.compile("(refuse|rank|option|mind) (\\S+)(?: (.+?))? when (.+?): (\\S.*)");
    private static final String ALL = "*";

    private record Rule(String kind, Set<String> stores, String words, Condition when, String reason) {
        boolean appliesTo(String wanted, Store store, Facts facts) {
            return kind.equals(wanted) && (stores.contains(ALL) || stores.contains(store.name())) && when.holds(facts);
        }
    }

    private record Ranked(Store store, int rank, String reason) {}

    private final Map<String, Store> stores = new LinkedHashMap<>();
    private final List<Rule> rules = new ArrayList<>();

    private Rules() {}

    /**
     * The rules that come with the command.
     *
     * @return the rules
     */
    public static Rules load() {
        try (InputStream in = Rules.class.getResourceAsStream("rules.txt")) {
            if (in == null) {
                throw new IllegalStateException("rules.txt is missing");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads rules; what is wrong with one is said with the number of its line. */
    static Rules parse(String text) {
        Rules all = new Rules();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    all.add(line);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        return all;
    }

    private void add(String line) {
        Matcher store = STORE.matcher(line);
        if (store.matches()) {
            stores.put(store.group(1), new Store(store.group(1), store.group(2), store.group(3), store.group(4)));
            return;
        }
        Matcher rule = RULE.matcher(line);
        if (!rule.matches()) {
            throw new IllegalArgumentException("neither a store nor a rule: " + line);
        }
        Set<String> names = Set.of(rule.group(2).split(",", -1));
        for (String name : names) {
            if (!name.equals(ALL) && !stores.containsKey(name)) {
                throw new IllegalArgumentException("no such store: " + name);
            }
        }
        String words = rule.group(3) == null ? "" : rule.group(3);
        boolean ranks = rule.group(1).equals("rank");
        if (ranks != words.matches("\\d+") || (rule.group(1).equals("option") && words.isEmpty())) {
            throw new IllegalArgumentException("a rank has a number, an option has words: " + line);
        }
        rules.add(new Rule(rule.group(1), names, words, Condition.parse(rule.group(4)), rule.group(5)));
    }

    /**
     * What may be at hand.
     *
     * @return the names of stores that are servers or databases
     */
    public List<String> names() {
        return stores.values().stream()
                .filter(store -> !store.isAlwaysThere())
                .map(Store::name)
                .toList();
    }

    /**
     * What to do in a case.
     *
     * @param facts the case
     * @return the advice
     */
    public Advice advise(Facts facts) {
        List<Choice> refused = new ArrayList<>();
        List<Ranked> left = new ArrayList<>();
        for (Store store : stores.values()) {
            if (store.isAlwaysThere() || facts.stores().contains(store.name())) {
                Rule against = first("refuse", store, facts);
                Rule rank = first("rank", store, facts);
                if (against != null) {
                    refused.add(new Choice(store, store.name(), against.reason));
                } else if (rank != null) {
                    left.add(new Ranked(store, Integer.parseInt(rank.words), rank.reason));
                }
            }
        }
        List<Choice> good = left.stream()
                .sorted(Comparator.comparingInt(Ranked::rank))
                .map(one -> new Choice(one.store, one.store.name(), one.reason))
                .collect(Collectors.toCollection(ArrayList::new));
        if (good.isEmpty()) {
            return new Advice(null, List.of(), reasons(null, facts), List.of(), refused);
        }
        Choice chosen = good.remove(0);
        List<Choice> options = rules.stream()
                .filter(rule -> rule.appliesTo("option", chosen.what(), facts))
                .map(rule -> new Choice(chosen.what(), rule.words, rule.reason))
                .toList();
        return new Advice(chosen, options, reasons(chosen.what(), facts), good, refused);
    }

    private List<String> reasons(@Nullable Store chosen, Facts facts) {
        return rules.stream()
                .filter(rule -> chosen == null
                        ? rule.kind.equals("mind") && rule.stores.contains(ALL) && rule.when.holds(facts)
                        : rule.appliesTo("mind", chosen, facts))
                .map(Rule::reason)
                .toList();
    }

    private @Nullable Rule first(String kind, Store store, Facts facts) {
        return rules.stream()
                .filter(rule -> rule.appliesTo(kind, store, facts))
                .findFirst()
                .orElse(null);
    }
}
