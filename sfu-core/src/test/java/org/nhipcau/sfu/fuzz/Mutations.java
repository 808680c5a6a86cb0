// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.fuzz;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** Feeds a parser with valid samples changed at random: bytes and bits set, packets cut, grown, mixed. */
public final class Mutations {
    private Mutations() {}

    /** Runs a parser over this many mutations; a Throwable becomes an error that names seed, round and bytes. */
    public static void run(long seed, int rounds, byte[][] samples, Consumer<byte[]> parser) {
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = mutate(samples, random);
            try {
                parser.accept(bytes.clone());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round + ": "
                        + java.util.HexFormat.of().formatHex(bytes), e);
            }
        }
    }

    private static byte[] mutate(byte[][] samples, Random random) {
        byte[] bytes = samples[random.nextInt(samples.length)].clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            bytes = change(bytes, samples, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, byte[][] samples, Random random) {
        int kind = random.nextInt(6);
        if (bytes.length == 0 || kind == 0) {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
            for (int i = bytes.length; i < longer.length; i++) {
                longer[i] = (byte) random.nextInt();
            }
            return longer;
        }
        // Half of the changes hit the first bytes, where the lengths and flags are.
        int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 24));
        switch (kind) {
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
            case 4 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            default -> {
                byte[] other = samples[random.nextInt(samples.length)];
                int count = Math.min(other.length, bytes.length - at);
                System.arraycopy(other, 0, bytes, at, count);
            }
        }
        return bytes;
    }
}
