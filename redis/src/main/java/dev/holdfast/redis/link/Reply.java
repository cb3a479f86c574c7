// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The elements of a reply, nested ones in one row: whole numbers, texts, or an error. */
public final class Reply extends CommandOutput<byte[], byte[], Void> {
    private static final int USUAL = 6;

    private long[] numbers = new long[USUAL];
    private int size;
    private @Nullable List<@Nullable String> texts;

    @SuppressWarnings("NullAway") // An output may be null.
    Reply() {
        super(ByteArrayCodec.INSTANCE, null);
    }

    @Override
    public void set(long integer) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = integer;
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        List<@Nullable String> all = texts;
        if (all == null) {
            all = new ArrayList<>();
            texts = all;
        }
        all.add(bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString());
    }

    @Override
    public void setSingle(ByteBuffer bytes) {
        set(bytes);
    }

    @Override
    public void setBigNumber(ByteBuffer digits) {
        set(digits);
    }

    @Override
    public void set(boolean value) {
        set(value ? 1 : 0);
    }

    @Override
    public void set(double number) {
        set((long) number);
    }

    /**
     * How many whole numbers there are.
     *
     * @return the number of numbers
     */
    public int numbers() {
        return size;
    }

    /**
     * A whole number.
     *
     * @param index its place among the numbers
     * @return the number, or 0 if there are fewer
     */
    public long number(int index) {
        return index < size ? numbers[index] : 0;
    }

    /**
     * The texts.
     *
     * @return all of them in order
     */
    public List<@Nullable String> texts() {
        List<@Nullable String> all = texts;
        return all == null ? List.of() : all;
    }

    /**
     * A text.
     *
     * @param index its place among the texts
     * @return the text, or null if there are fewer
     */
    public @Nullable String text(int index) {
        return index < texts().size() ? texts().get(index) : null;
    }
}
