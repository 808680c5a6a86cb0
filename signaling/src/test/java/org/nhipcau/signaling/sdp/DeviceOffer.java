// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

/** Offers of devices and encoders, for the tests of other packages. */
public final class DeviceOffer {
    public static final String UFRAG = BrowserOffer.UFRAG;
    public static final String PWD = BrowserOffer.PWD;

    private DeviceOffer() {}

    /** A picture and its sound, as a browser offers them. */
    public static String pictureAndSound() {
        return new BrowserOffer().sendAudio("0", "same").sendVideo("1", "same").text();
    }

    public static String picture() {
        return new BrowserOffer().sendVideo("0", "camera").text();
    }

    public static String sound() {
        return new BrowserOffer().sendAudio("0", "microphone").text();
    }

    public static String simulcast(String... rids) {
        return new BrowserOffer().sendSimulcast("0", "camera", rids).text();
    }

    public static String twoPictures() {
        return new BrowserOffer().sendVideo("0", "one").sendVideo("1", "two").text();
    }

    public static String receiver() {
        return new BrowserOffer().sendAudio("0", "microphone").receiveVideo("1").text();
    }

    public static String withData() {
        return new BrowserOffer().sendVideo("0", "camera").data("1").text();
    }

    /** In a format that is not forwarded. */
    public static String unknownFormat() {
        BrowserOffer offer = new BrowserOffer();
        offer.videoPayloadTypes = "96";
        offer.videoLines = "a=rtpmap:96 H265/90000\n";
        return offer.sendAudio("0", "microphone").sendVideo("1", "camera").text();
    }

    /** As encoders write it that name their tracks with the SSRC alone. */
    public static String withoutMsid() {
        return new BrowserOffer().audio("0", "a=sendonly\na=ssrc:11 cname:c\na=ssrc:11 msid:s a\n")
                .video("1", "a=sendonly\na=ssrc:22 cname:c\na=ssrc:22 msid:s v\n").text();
    }

    /** Two channels of sound. */
    public static String stereo() {
        return sound().replace("useinbandfec=1", "useinbandfec=1;stereo=1;sprop-stereo=1");
    }
}
