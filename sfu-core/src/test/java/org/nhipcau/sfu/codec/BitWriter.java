// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import java.io.ByteArrayOutputStream;

/** Writes bits, highest first, for samples of bit-packed formats. */
final class BitWriter {
    private final StringBuilder bits = new StringBuilder();

    BitWriter bits(int count, long value) {
        for (int i = count - 1; i >= 0; i--) {
            bits.append(value >>> i & 1);
        }
        return this;
    }

    BitWriter golomb(long value) {
        int width = 64 - Long.numberOfLeadingZeros(value + 1);
        return bits(width - 1, 0).bits(width, value + 1);
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String padded = bits + "0".repeat((8 - bits.length() % 8) % 8);
        for (int i = 0; i < padded.length(); i += 8) {
            out.write(Integer.parseInt(padded.substring(i, i + 8), 2));
        }
        return out.toByteArray();
    }
}
