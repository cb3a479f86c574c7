// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.options;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how often something happens: {@code 500/s}, {@code 20/min}, {@code 3/h}, or a number of times a second. */
public final class RateOption implements ITypeConverter<Double> {
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(?:/(s|min|m|h|d))?");
    private static final Map<String, Double> SECONDS =
            Map.of("s", 1.0, "min", 60.0, "m", 60.0, "h", 3_600.0, "d", 86_400.0);

    @Override
    public Double convert(String value) {
        Matcher rate = RATE.matcher(value);
        if (!rate.matches()) {
            throw new TypeConversionException("'" + value + "' is not a rate like 500/s, 20/min or 3/h");
        }
        String unit = rate.group(2) == null ? "s" : rate.group(2);
        return Double.parseDouble(rate.group(1)) / SECONDS.getOrDefault(unit, 1.0);
    }
}
