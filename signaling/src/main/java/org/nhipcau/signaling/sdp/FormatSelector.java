// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nhipcau.sfu.api.CodecParameters;

/**
 * Chooses which payload formats of a section are used: those the server can forward, in the order that a track
 * wants, each with its RTX.
 *
 * <p>Spec: RFC 3264 §6.1, RFC 6184 §8.2.2, RFC 7587 §7, RFC 2198, RFC 4588 §8, RFC 8888 §6; VP9 and AV1 in profile 0.
 */
final class FormatSelector {
    static final String OPUS = "audio/opus";
    static final String RED = "audio/red";

    private static final Set<String> VIDEO_FEEDBACK =
            Set.of("nack", "nack pli", "ccm fir", "transport-cc", "goog-remb");
    private static final Set<String> AUDIO_FEEDBACK = Set.of("nack", "transport-cc");

    private final Map<String, String> enabledMimeTypes = new LinkedHashMap<>();
    private final SoundFormat sound;

    /**
     * @param enabled mime types; compared without case
     * @param sound what is asked of senders of sound
     * @throws IllegalArgumentException for one that the server cannot forward
     */
    FormatSelector(List<String> enabled, SoundFormat sound) {
        this.sound = sound;
        for (String mimeType : enabled) {
            String known = ServerNegotiation.ALL_CODECS.stream().filter(mimeType::equalsIgnoreCase).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("codec " + mimeType + " is not one of "
                            + ServerNegotiation.ALL_CODECS));
            if (sound.redundancy() || !known.equals(RED)) {
                enabledMimeTypes.put(known.toLowerCase(Locale.ROOT), known);
            }
        }
    }

    /** What is asked of senders of sound. */
    SoundFormat sound() {
        return sound;
    }

    boolean enables(String mimeType) {
        return enabledMimeTypes.containsKey(mimeType.toLowerCase(Locale.ROOT));
    }

    /** A format that both sides know, and its RTX. */
    record Usable(String mimeType, PayloadFormat format, Optional<PayloadFormat> rtx) {
        boolean is(String otherMimeType) {
            return mimeType.equalsIgnoreCase(otherMimeType);
        }

        Usable with(String parameters) {
            return new Usable(mimeType, format.with(parameters, format.feedback()), rtx);
        }

        CodecParameters parameters() {
            List<String> feedback = format.feedback();
            int channels = format.channels() > 0 ? format.channels() : mimeType.startsWith("audio/") ? 1 : 0;
            return new CodecParameters(mimeType, format.payloadType(), format.clockRate(), channels,
                    format.parameterMap(), rtx.map(PayloadFormat::payloadType).orElse(-1), feedback.contains("nack"),
                    feedback.contains("nack pli"), feedback.contains("ccm fir"), feedback.contains("goog-remb"),
                    feedback.contains("transport-cc"), feedback.contains(PayloadFormat.CONGESTION_FEEDBACK));
        }
    }

    /** The formats of the section that the server can forward, in the section's order. */
    List<Usable> usable(MediaSection section) {
        Map<Integer, PayloadFormat> rtxByPrimary = new LinkedHashMap<>();
        for (PayloadFormat format : section.formats()) {
            if (format.isNamed("rtx")) {
                payloadTypeOf(format.parameter("apt", ""))
                        .ifPresent(primary -> rtxByPrimary.putIfAbsent(primary, format));
            }
        }
        Set<String> feedback = feedbackOf(section);
        List<Usable> usable = new ArrayList<>();
        for (PayloadFormat format : section.formats()) {
            String mimeType = enabledMimeTypes.get(
                    (section.media() + "/" + format.encodingName()).toLowerCase(Locale.ROOT));
            if (mimeType != null && canForward(mimeType, format)) {
                PayloadFormat kept = format.with(format.parameters(),
                        format.feedback().stream().filter(feedback::contains).distinct().toList());
                Optional<PayloadFormat> rtx = Optional.ofNullable(rtxByPrimary.get(format.payloadType()))
                        .filter(r -> r.clockRate() == format.clockRate())
                        .map(r -> r.with("apt=" + format.payloadType(), List.of()));
                usable.add(new Usable(mimeType, kept, rtx));
            }
        }
        // RED only wraps Opus.
        boolean wrapped = usable.stream().anyMatch(u -> u.is(OPUS));
        usable.removeIf(u -> u.is(RED) && !wrapped);
        return usable;
    }

    // RFC 8888 feedback is taken where the client offers it and no transport-wide feedback, which knows retransmissions
    // and sound by one numbering.
    private static Set<String> feedbackOf(MediaSection section) {
        Set<String> kept = new HashSet<>(section.media().equals("audio") ? AUDIO_FEEDBACK : VIDEO_FEEDBACK);
        if (section.formats().stream().noneMatch(format -> format.feedback().contains("transport-cc"))) {
            kept.add(PayloadFormat.CONGESTION_FEEDBACK);
        }
        return kept;
    }

    private static Optional<Integer> payloadTypeOf(String text) {
        boolean number = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    private static boolean canForward(String mimeType, PayloadFormat format) {
        return switch (mimeType.toLowerCase(Locale.ROOT)) {
            case "audio/opus" -> format.clockRate() == 48_000 && format.channels() == 2;
            case "audio/red" -> format.clockRate() == 48_000;
            case "video/h264" -> format.clockRate() == 90_000
                    && format.parameter("packetization-mode", "0").equals("1");
            case "video/vp9" -> format.clockRate() == 90_000 && format.parameter("profile-id", "0").equals("0");
            case "video/av1" -> format.clockRate() == 90_000 && format.parameter("profile", "0").equals("0");
            default -> format.clockRate() == 90_000;
        };
    }

    /** The formats to receive a track in, preferred first; empty when there is none. */
    List<Usable> toReceive(List<Usable> usable, PublishIntent intent, boolean onlyPreferred) {
        List<Usable> chosen = new ArrayList<>();
        switch (intent.kind()) {
            case AUDIO -> {
                Optional<Usable> opus = usable.stream().filter(u -> u.is(OPUS)).findFirst();
                if (opus.isEmpty()) {
                    return List.of();
                }
                if (intent.red()) {
                    redOf(usable, opus.get()).ifPresent(chosen::add);
                }
                chosen.add(opus.get().with(opusParameters(intent)));
            }
            case VIDEO -> {
                String preferred = usable.stream().filter(u -> u.is(intent.mimeType())).findFirst()
                        .or(() -> usable.stream().findFirst()).map(Usable::mimeType).orElse("");
                usable.stream().filter(u -> u.is(preferred)).forEach(chosen::add);
                if (!onlyPreferred) {
                    usable.stream().filter(u -> !u.is(preferred)).forEach(chosen::add);
                }
            }
        }
        return chosen;
    }

    private static Optional<Usable> redOf(List<Usable> usable, Usable opus) {
        String payloadType = Integer.toString(opus.format().payloadType());
        return usable.stream().filter(u -> u.is(RED)).filter(u -> {
            String parameters = u.format().parameters();
            return parameters.equals(payloadType) || parameters.startsWith(payloadType + "/");
        }).findFirst();
    }

    private String opusParameters(PublishIntent intent) {
        String bitrate = sound.maxBitrateBps() > 0 ? ";maxaveragebitrate=" + sound.maxBitrateBps() : "";
        return "minptime=10;useinbandfec=1" + (intent.dtx() ? ";usedtx=1" : "")
                + (intent.stereo() ? ";stereo=1;maxaveragebitrate=510000" : bitrate);
    }

    /**
     * The client's formats in which it can take what a publisher sends, in the publisher's order; empty when there
     * is none.
     *
     * @param sent the publisher's formats; empty: not known yet, so any
     * @param red with redundancy where the client takes it, whether or not the publisher sends it
     */
    static List<Usable> toSend(List<Usable> usable, List<CodecParameters> sent, boolean red) {
        if (sent.isEmpty()) {
            return usable.stream().filter(u -> red || !u.is(RED)).toList();
        }
        List<Usable> chosen = new ArrayList<>();
        if (!sent.getFirst().mimeKey().startsWith("audio/")) {
            for (CodecParameters codec : sent) {
                bestFor(codec, usable).filter(u -> !chosen.contains(u)).ifPresent(chosen::add);
            }
            return chosen;
        }
        Optional<Usable> opus = usable.stream().filter(u -> u.is(OPUS)).findFirst();
        if (opus.isEmpty()) {
            return List.of();
        }
        if (red) {
            redOf(usable, opus.get()).ifPresent(chosen::add);
        }
        boolean stereo = sent.stream().anyMatch(c -> "1".equals(c.formatParameters().get("stereo")));
        chosen.add(opus.get().with("minptime=10;useinbandfec=1" + (stereo ? ";sprop-stereo=1" : "")));
        return chosen;
    }

    private static Optional<Usable> bestFor(CodecParameters sent, List<Usable> usable) {
        List<Usable> sameType = usable.stream().filter(u -> u.is(sent.mimeType())).toList();
        if (!sent.mimeKey().equals("video/h264")) {
            return sameType.stream().findFirst();
        }
        H264Profile profile = H264Profile.of(sent.formatParameters());
        return sameType.stream()
                .filter(u -> H264Profile.of(u.format().parameterMap()) == profile).findFirst()
                .or(() -> sameType.stream()
                        .filter(u -> H264Profile.of(u.format().parameterMap()).decodes(profile)).findFirst());
    }
}
