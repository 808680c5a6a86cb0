// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import com.code_intelligence.jazzer.junit.FuzzTest;
import livekit.LivekitRtc.SignalRequest;

/** Any frame is a message or none; a message that was read can be written and read again. */
class SignalCodecFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void binary(byte[] data) {
        SignalRequest message = SignalCodec.read(data, false);
        if (message != null && !message.equals(SignalCodec.read(message.toByteArray(), false))) {
            throw new AssertionError("reads differently the second time");
        }
    }

    @FuzzTest(maxDuration = "30s")
    void text(byte[] data) {
        SignalCodec.read(data, true);
    }
}
