// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import java.util.HexFormat;

/** Payloads for tests, written from the specifications. */
final class CodecSamples {
    /** Start of a 640x360 key frame: 15-bit picture id 0x1234, TL0PICIDX 7, TID 1, Y, KEYIDX 3. */
    static final String VP8_KEY = "90f0" + "9234" + "07" + "63" + "100200" + "9d012a" + "8002" + "6801" + "ff";
    /** Later packet of a frame that nothing refers to, 7-bit picture id, TID 2. */
    static final String VP8_CONTINUATION = "a0a0" + "7f" + "80" + "aabb";
    /** Start of a delta frame without extension byte. */
    static final String VP8_PLAIN_DELTA = "10" + "110203";
    /** Start of a key picture, non-flexible, 15-bit picture id, layer 0, with a structure of 2 layers and 1 picture. */
    static final String VP9_KEY =
            "aa" + "8001" + "00" + "05" + "38" + "014000b4" + "02800168" + "01" + "04" + "01" + "ff";
    /** Upper spatial layer of the same picture: SID 1, D. */
    static final String VP9_KEY_UPPER = "ac" + "8001" + "03" + "05" + "ff";
    /** Flexible delta frame: TID 2, U, two references. */
    static final String VP9_FLEXIBLE = "f8" + "7f" + "50" + "03" + "04" + "ff";
    /** SPS of 640x480, constrained baseline; PPS; in a STAP-A with the start of an IDR slice. */
    static final String H264_SPS = "6742c01f8c8d40501ec9000003000100000300328f1832a0";
    static final String H264_STAP_A = "78" + "0018" + H264_SPS + "0004" + "68ce3c80" + "0003" + "65b800";
    static final String H264_FU_START = "7c85" + "b8aabb";
    static final String H264_FU_MIDDLE = "7c05" + "aabb";
    static final String H264_DELTA = "41" + "9a00";
    /** New coded video sequence: W=2, sequence header, frame. */
    static final String AV1_KEY = "28" + "03" + "0a0102" + "32aabb";
    static final String AV1_CONTINUATION = "90" + "aabb";
    static final String AV1_DELTA = "10" + "360a" + "bb";
    static final String RED = "ef" + "0f0003" + "ef" + "078002" + "6f" + "aaaaaa" + "bbbb" + "cccccccc";

    private CodecSamples() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** Dependency descriptor with a structure of three temporal layers (L1T3), four templates, 1280x720. */
    static byte[] descriptorL1T3(int templateOffset, int frameNumber) {
        BitWriter bits = head(true, true, templateOffset, frameNumber).bits(5, 0b10000);
        bits.bits(6, templateOffset).bits(5, 2);
        // Templates: T0 key, T0, T1, T2.
        bits.bits(2, 0).bits(2, 1).bits(2, 1).bits(2, 3);
        // Indications for 3 decode targets: switch for all, twice; T1: none, discardable, switch; T2: discardable.
        bits.bits(6, 0b101010).bits(6, 0b101010).bits(6, 0b000110).bits(6, 0b000001);
        // Differences: none; 4; 2; 1.
        bits.bits(1, 0);
        bits.bits(1, 1).bits(4, 3).bits(1, 0);
        bits.bits(1, 1).bits(4, 1).bits(1, 0);
        bits.bits(1, 1).bits(4, 0).bits(1, 0);
        // One chain of 3 targets (non-symmetric code of 4 values: 1), all protected by chain 0; differences.
        bits.bits(2, 1).bits(4, 0).bits(4, 4).bits(4, 2).bits(4, 1);
        bits.bits(1, 1).bits(16, 1279).bits(16, 719);
        return bits.bytes();
    }

    static BitWriter head(boolean start, boolean end, int template, int frameNumber) {
        return new BitWriter().bits(1, start ? 1 : 0).bits(1, end ? 1 : 0).bits(6, template).bits(16, frameNumber);
    }
}
