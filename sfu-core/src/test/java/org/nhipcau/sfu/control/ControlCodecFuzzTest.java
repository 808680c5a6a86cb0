// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Any bytes must be decoded without a Throwable, and what is readable must be writable and come back the same. */
class ControlCodecFuzzTest {
    private final ControlCodec codec = new ControlCodec();

    @FuzzTest(maxDuration = "30s")
    void decode(byte[] data) throws IOException {
        ControlMessage message = codec.decode(data);
        if (!(message instanceof ControlMessage.Unreadable) && !codec.decode(codec.encode(message)).equals(message)) {
            throw new AssertionError("not the same after a second round");
        }
    }
}
