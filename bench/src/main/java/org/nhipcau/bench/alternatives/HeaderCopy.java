// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.alternatives;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A new RTP header and a copied payload in memory other than a packet slot. */
public final class HeaderCopy {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private HeaderCopy() {}

    public static void putShort(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    public static void rewrite(byte[] source, byte[] target, int sequence, int lengthBytes) {
        SHORT.set(target, 0, (short) SHORT.get(source, 0));
        SHORT.set(target, 2, (short) sequence);
        INT.set(target, 4, (int) INT.get(source, 4) + 3_000);
        INT.set(target, 8, 77);
        System.arraycopy(source, 12, target, 12, lengthBytes - 12);
    }

    public static void rewrite(ByteBuffer source, ByteBuffer target, int sequence, int lengthBytes) {
        target.putShort(0, source.getShort(0));
        target.putShort(2, (short) sequence);
        target.putInt(4, source.getInt(4) + 3_000);
        target.putInt(8, 77);
        target.put(12, source, 12, lengthBytes - 12);
    }
}
