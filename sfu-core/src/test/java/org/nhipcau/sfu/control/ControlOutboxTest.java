// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.CallStreamObserver;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;

/** What is left out when the other side does not read. */
class ControlOutboxTest {
    /** Of one who never reads. */
    private static final class Stuck extends CallStreamObserver<byte[]> {
        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) { }

        @Override
        public void disableAutoInboundFlowControl() { }

        @Override
        public void request(int count) { }

        @Override
        public void setMessageCompression(boolean enable) { }

        @Override
        public void onNext(byte[] value) {
            throw new AssertionError("not ready");
        }

        @Override
        public void onError(Throwable error) { }

        @Override
        public void onCompleted() { }
    }

    private final ControlOutbox outbox = new ControlOutbox(new ControlCodec(), new Stuck(), message -> { }, () -> { });

    private static ControlMessage event(MediaEvent event) {
        return new ControlMessage.Event(event);
    }

    @Test
    void smallMessagesOfDataShouldLeaveRoomForWhatMustNotBeLost() {
        for (int length = 0; length < 2; length++) {
            int taken = 0;
            ControlMessage data = event(new MediaEvent.DataReceived("r", "p", DataChannel.LOSSY, new byte[length]));
            while (outbox.offer(data)) {
                assertTrue(++taken <= ControlOutbox.CAPACITY);
            }
        }
        assertEquals(2, outbox.leftOut());
        assertFalse(outbox.offer(new ControlMessage.Command(1,
                new MediaCommand.SendData("r", List.of("p"), DataChannel.RELIABLE, new byte[1]))), "it is refused");
        for (int i = ControlOutbox.DATA_LIMIT; i < ControlOutbox.CAPACITY; i++) {
            assertTrue(outbox.offer(event(new MediaEvent.WantedQualityChanged("r", "t", i))), "" + i);
        }
    }
}
