// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.buffer.PacketBuffer;

/** The reader against bytes written by hand from the specifications. */
class RtcpReaderTest {
    private static final String PLI = "81ce0002" + "00000001" + "00000002";
    private final RtcpReader reader = new RtcpReader();
    private final RecordingHandler handler = new RecordingHandler();

    private boolean read(String hex) {
        return reader.read(PacketBuffer.copyOf(HexFormat.of().parseHex(hex)), handler);
    }

    private List<String> calls(String hex) {
        assertTrue(read(hex));
        return handler.calls;
    }

    @Test
    void shouldReadASenderReportWithABlock() {
        assertEquals(List.of("sr 1 18446744073709551615 4294967295 3 4294967294",
                "block 1 4294967280 255 -1 4294967295 7 8 9"),
                calls("81c8000c" + "00000001" + "ffffffffffffffff" + "ffffffff" + "00000003" + "fffffffe"
                        + "fffffff0" + "ffffffff" + "ffffffff" + "00000007" + "00000008" + "00000009"));
    }

    @Test
    void shouldReadCumulativeLossAsSigned24Bits() {
        String head = "82c9000d" + "00000001";
        assertEquals(List.of("rr 1", "block 1 2 0 8388607 0 0 0 0", "block 1 3 1 -8388608 0 0 0 0"),
                calls(head + "00000002" + "007fffff" + "00000000".repeat(4)
                        + "00000003" + "01800000" + "00000000".repeat(4)));
    }

    @Test
    void shouldReadEachEntryOfANack() {
        assertEquals(List.of("nack 1 2 65535 1", "nack 1 2 20 32768"),
                calls("81cd0004" + "00000001" + "00000002" + "ffff0001" + "00148000"));
    }

    @Test
    void shouldReadPliAndFir() {
        assertEquals(List.of("pli 1 2", "fir 1 9 255", "fir 1 10 0"),
                calls(PLI + "84ce0006" + "00000001" + "00000000" + "00000009" + "ff000000" + "0000000a" + "00000000"));
    }

    @Test
    void shouldReadARemb() {
        assertEquals(List.of("remb 1 1048572 2", "for 7", "for 8"),
                calls("8fce0006" + "00000001" + "00000000" + "52454d42" + "020bffff" + "00000007" + "00000008"));
    }

    @Test
    void shouldRefuseARembThatOverflows() {
        assertFalse(read("8fce0004" + "00000001" + "00000000" + "52454d42" + "00ffffff"));
        assertEquals(List.of(), handler.calls);
        assertEquals(List.of("remb 1 0 0"),
                calls("8fce0004" + "00000001" + "00000000" + "52454d42" + "00fc0000"));
    }

    @Test
    void shouldReadExtendedReports() {
        assertEquals(List.of("rrtr 1 72623859790382856", "dlrr 1 2 3 4", "dlrr 1 5 6 7"),
                calls("80cf000c" + "00000001" + "04000002" + "0102030405060708"
                        + "01000000" + "05000006" + "00000002" + "00000003" + "00000004"
                        + "00000005" + "00000006" + "00000007"));
    }

    @Test
    void shouldReadCongestionFeedback() {
        assertEquals(List.of("ccfb 1 4294967295", "of 2 65535 true 3 8191", "of 2 0 false 0 0", "of 2 1 true 0 1",
                "of 3 5 true 1 2"),
                calls("8bcd0009" + "00000001"
                        + "00000002" + "ffff0003" + "ffff" + "0000" + "8001" + "0000"
                        + "00000003" + "00050001" + "a002" + "0000" + "ffffffff"));
    }

    @Test
    void shouldReadGoodbyesAndStepOverTheRest() {
        String sdes = "81ca0002" + "00000001" + "01016100";
        String app = "80cc0002" + "00000001" + "41424344";
        String unknown = "80d00000";
        assertEquals(List.of("bye 1", "bye 2", "pli 1 2"),
                calls(sdes + app + unknown + "82cb0003" + "00000001" + "00000002" + "02676f00" + PLI));
    }

    @Test
    void shouldKeepWhatCameBeforeAMalformedPart() {
        for (String bad : List.of("00", "80c9", "01c90001" + "00000001", "80c90002" + "00000001",
                "81c90001" + "00000001", "80c80001" + "00000001", "81cd0001" + "00000001",
                "84ce0003" + "00000001" + "00000002" + "00000003", "82cb0001" + "00000001",
                "a0c90001" + "00000000", "a0c90001" + "00000005", "80cf0000",
                "80cf0002" + "00000001" + "04000001", "80cf0003" + "00000001" + "05000001" + "00000000",
                "8bcd0004" + "00000001" + "00000002" + "00000005" + "00000000")) {
            handler.calls.clear();
            assertFalse(read(PLI + bad), bad);
            assertEquals("pli 1 2", handler.calls.getFirst(), bad);
        }
    }

    @Test
    void shouldTakeOffPadding() {
        assertEquals(List.of("pli 1 2", "nack 1 2 3 0"),
                calls(PLI + "a1cd0004" + "00000001" + "00000002" + "00030000" + "00000004"));
    }

    @Test
    void shouldReadNothingOutOfNothing() {
        assertFalse(read(""));
        assertFalse(read("80c9"));
    }
}
