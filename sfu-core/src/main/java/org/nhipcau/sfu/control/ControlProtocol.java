// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What both ends of the control link agree on: the one gRPC method, its limits, where the token stands. */
final class ControlProtocol {
    /**
     * gRPC ends a stream on a longer message. Above the codec's own bound, so that a message somewhat too long is
     * refused alone.
     */
    static final int MAX_GRPC_MESSAGE_BYTES = 4 * ControlCodec.MAX_MESSAGE_BYTES;
    static final int MAX_METADATA_BYTES = 8 * 1024;
    /** After this much silence the other side is asked whether it lives, ... */
    static final int KEEP_ALIVE_S = 10;
    /** ... and given up after so much more. */
    static final int KEEP_ALIVE_TIMEOUT_S = 5;
    static final String SERVICE = "org.nhipcau.sfu.Control";
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** The bytes of a message; the codec is called outside gRPC, where an unreadable one ends nothing. */
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readNBytes(MAX_GRPC_MESSAGE_BYTES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    static final MethodDescriptor<byte[], byte[]> LINK = MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Link"))
            .build();

    private ControlProtocol() {}
}
