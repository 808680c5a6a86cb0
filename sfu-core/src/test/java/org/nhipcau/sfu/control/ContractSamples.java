// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.nhipcau.sfu.api.DataParameters;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;

/** Makes messages of every kind that the contract has, found by reflection so that a new record is never forgotten. */
final class ContractSamples {
    private static final String[] STRINGS = {"", "a", "Nhịp Cầu", "\u0000\n\"", "𝄞", "x".repeat(300)};
    private static final long[] LONGS = {0, 1, -1, 127, 128, 32_767, 32_768, 65_534, 65_535, Integer.MAX_VALUE,
        0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final int[] INTS = {0, 1, -1, 127, 128, 32_767, 32_768, 65_535, Integer.MAX_VALUE,
        Integer.MIN_VALUE};
    private static final double[] DOUBLES = {0, -1, 0.125, 1e-9, 1e300};

    private final RandomGenerator random;

    ContractSamples(RandomGenerator random) {
        this.random = random;
    }

    /** All records that may stand where the contract says command, reply or event. */
    static List<Class<?>> messageTypes() {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> sealed : List.of(MediaCommand.class, MediaReply.class, MediaEvent.class)) {
            types.addAll(List.of(sealed.getPermittedSubclasses()));
        }
        return types;
    }

    /** An instance of a record with random values, often at the ends of their ranges. */
    <T> T record(Class<T> type) {
        if (type == Fingerprint.class) {
            return type.cast(new Fingerprint("sha-256", "AB:".repeat(31) + "CD"));
        }
        if (type == DataParameters.class) {
            return type.cast(new DataParameters(1 + random.nextInt(65_535), random.nextInt(100_000),
                    random.nextBoolean()));
        }
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(components[i].getGenericType());
        }
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no sample of " + type + ": teach ContractSamples its valid values", e);
        }
    }

    private Object value(Type type) {
        if (type == String.class) {
            return STRINGS[random.nextInt(STRINGS.length)];
        } else if (type == long.class) {
            return LONGS[random.nextInt(LONGS.length)];
        } else if (type == int.class) {
            return INTS[random.nextInt(INTS.length)];
        } else if (type == double.class) {
            return DOUBLES[random.nextInt(DOUBLES.length)];
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == byte[].class) {
            byte[] bytes = new byte[random.nextInt(8) == 0 ? DataParameters.MAX_MESSAGE_BYTES : random.nextInt(100)];
            random.nextBytes(bytes);
            return bytes;
        } else if (type instanceof Class<?> c && c.isEnum()) {
            return c.getEnumConstants()[random.nextInt(c.getEnumConstants().length)];
        } else if (type instanceof Class<?> c && c.isRecord()) {
            return record(c);
        } else if (type instanceof ParameterizedType p && p.getRawType() == List.class) {
            List<Object> list = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                list.add(value(p.getActualTypeArguments()[0]));
            }
            return list;
        } else if (type instanceof ParameterizedType p && p.getRawType() == Map.class) {
            return random.nextBoolean() ? Map.of() : Map.of("minptime", "10", "useinbandfec", "1");
        }
        throw new AssertionError("a record of the contract holds " + type
                + ": only strings, numbers, bytes, enums, lists, maps and records may stand in it");
    }
}
