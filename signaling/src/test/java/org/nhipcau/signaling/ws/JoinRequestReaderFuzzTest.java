// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Base64;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;

/** Any packed join request is read within its bound or refused; nothing is thrown. */
class JoinRequestReaderFuzzTest {
    private static final int MAX = 32_768;

    @FuzzTest(maxDuration = "30s")
    void wrapped(byte[] data) {
        check(Base64.getUrlEncoder().encodeToString(data));
    }

    @FuzzTest(maxDuration = "30s")
    void compressed(FuzzedDataProvider data) throws IOException {
        byte[] request = data.consumeRemainingAsBytes();
        check(JoinRequestReaderTest.wrapped(WrappedJoinRequest.Compression.GZIP, JoinRequestReaderTest.gzip(request)));
    }

    private static void check(String text) {
        JoinRequest request = JoinRequestReader.packed(text, MAX);
        if (request != null && !request.getClientInfo().getAddress().isEmpty()) {
            throw new AssertionError("an address got through");
        }
    }
}
