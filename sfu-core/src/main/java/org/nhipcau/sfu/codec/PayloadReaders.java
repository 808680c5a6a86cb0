// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.api.HeaderExtensions;

/** Chooses the payload reader of a negotiated video format. Control path. */
public final class PayloadReaders {
    private PayloadReaders() {}

    /** There is a reader for this format. @param mimeKey in lower case, for example {@code video/vp8} */
    public static boolean supports(String mimeKey) {
        return switch (mimeKey) {
            case "video/vp8", "video/vp9", "video/h264", "video/av1" -> true;
            default -> false;
        };
    }

    /**
     * A new reader for one inbound stream.
     *
     * @param mimeKey in lower case, for example {@code video/vp8}
     * @throws IllegalArgumentException for a format that {@link #supports} denies
     */
    public static PayloadReader create(String mimeKey, HeaderExtensions extensions) {
        return switch (mimeKey) {
            case "video/vp8" -> described(extensions, new Vp8PayloadReader());
            case "video/vp9" -> described(extensions, new Vp9PayloadReader());
            case "video/h264" -> described(extensions, new H264PayloadReader());
            case "video/av1" -> described(extensions, new Av1PayloadReader());
            default -> throw new IllegalArgumentException("no payload reader for " + mimeKey
                    + "; allowed: video/vp8, video/vp9, video/h264, video/av1");
        };
    }

    private static PayloadReader described(HeaderExtensions extensions, PayloadReader payload) {
        int id = extensions.dependencyDescriptor();
        return id == 0 ? payload : new DescribedPayloadReader(id, payload);
    }
}
