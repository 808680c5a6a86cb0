// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import livekit.LivekitModels.ClientInfo;
import livekit.LivekitModels.ReconnectReason;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.nhipcau.signaling.http.RequestHead;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Reads a join request from the query of the upgrade: packed (v1) or as single parameters (v0).
 *
 * <p>Thread: any. Whatever is wrong with a request is told by null, with no detail.
 */
final class JoinRequestReader {
    private static final Map<String, ClientInfo.SDK> SDKS = Map.ofEntries(
            Map.entry("js", ClientInfo.SDK.JS), Map.entry("ios", ClientInfo.SDK.SWIFT),
            Map.entry("swift", ClientInfo.SDK.SWIFT), Map.entry("android", ClientInfo.SDK.ANDROID),
            Map.entry("flutter", ClientInfo.SDK.FLUTTER), Map.entry("go", ClientInfo.SDK.GO),
            Map.entry("unity", ClientInfo.SDK.UNITY), Map.entry("reactnative", ClientInfo.SDK.REACT_NATIVE),
            Map.entry("rust", ClientInfo.SDK.RUST), Map.entry("python", ClientInfo.SDK.PYTHON),
            Map.entry("cpp", ClientInfo.SDK.CPP), Map.entry("unityweb", ClientInfo.SDK.UNITY_WEB),
            Map.entry("node", ClientInfo.SDK.NODE), Map.entry("unreal", ClientInfo.SDK.UNREAL),
            Map.entry("esp32", ClientInfo.SDK.ESP32));

    /** By number: the protocol classes of the build know the first only. */
    private static final Map<String, Integer> CAPABILITIES =
            Map.of("CAP_PACKET_TRAILER", 1, "CAP_COMPRESSION_DEFLATE_RAW", 2);

    private JoinRequestReader() {}

    /**
     * Unpacks a {@code join_request} parameter.
     *
     * @param maxBytes longest request, packed and after inflation
     * @return null when it is malformed or longer
     */
    static JoinRequest packed(String base64Url, int maxBytes) {
        try {
            byte[] bytes = base64(base64Url);
            if (bytes == null || bytes.length > maxBytes) {
                return null;
            }
            WrappedJoinRequest wrapped = WrappedJoinRequest.parseFrom(bytes);
            return switch (wrapped.getCompression()) {
                case NONE -> withoutAddress(JoinRequest.parseFrom(wrapped.getJoinRequest()));
                case GZIP -> {
                    byte[] inflated = inflated(wrapped.getJoinRequest(), maxBytes);
                    yield inflated == null ? null : withoutAddress(JoinRequest.parseFrom(inflated));
                }
                case UNRECOGNIZED -> null;
            };
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static byte[] inflated(ByteString gzip, int maxBytes) {
        try (InputStream in = new GZIPInputStream(gzip.newInput())) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            return bytes.length > maxBytes ? null : bytes;
        } catch (IOException e) {
            return null;
        }
    }

    /** A client does not tell us addresses, and nobody else shall learn one. */
    private static JoinRequest withoutAddress(JoinRequest request) {
        if (request.getClientInfo().getAddress().isEmpty()) {
            return request;
        }
        return request.toBuilder().setClientInfo(request.getClientInfo().toBuilder().clearAddress()).build();
    }

    /**
     * Puts v0 parameters into the same form.
     *
     * @return null when one is malformed
     */
    static JoinRequest parameters(RequestHead head) {
        ConnectionSettings.Builder settings = ConnectionSettings.newBuilder()
                .setAutoSubscribe(!head.hasQuery("auto_subscribe") || flag(head, "auto_subscribe"))
                .setAdaptiveStream(flag(head, "adaptive_stream"))
                .setDisableIceLite(flag(head, "disable_ice_lite"));
        if (head.hasQuery("subscriber_allow_pause")) {
            settings.setSubscriberAllowPause(flag(head, "subscriber_allow_pause"));
        }
        if (head.hasQuery("auto_subscribe_data_track")) {
            settings.setAutoSubscribeDataTrack(flag(head, "auto_subscribe_data_track"));
        }
        JoinRequest.Builder request = JoinRequest.newBuilder()
                .setClientInfo(clientInfo(head))
                .setConnectionSettings(settings)
                .setReconnect(flag(head, "reconnect"))
                .setParticipantSid(head.query("sid"));
        ReconnectReason reason = ReconnectReason.forNumber(number(head.query("reconnect_reason")));
        request.setReconnectReason(reason == null ? ReconnectReason.RR_UNKNOWN : reason);
        return attributes(head.query("attributes"), request) ? request.build() : null;
    }

    private static ClientInfo clientInfo(RequestHead head) {
        ClientInfo.Builder info = ClientInfo.newBuilder()
                .setSdk(SDKS.getOrDefault(head.query("sdk"), ClientInfo.SDK.UNKNOWN))
                .setVersion(head.query("version"))
                .setProtocol(number(head.query("protocol")))
                .setClientProtocol(number(head.query("client_protocol")))
                .setOs(head.query("os"))
                .setOsVersion(head.query("os_version"))
                .setDeviceModel(head.query("device_model"))
                .setBrowser(head.query("browser"))
                .setBrowserVersion(head.query("browser_version"))
                .setNetwork(head.query("network"));
        for (String name : head.query("capabilities").split(",", 16)) {
            Integer capability = CAPABILITIES.get(name);
            if (capability != null) {
                info.addCapabilitiesValue(capability);
            }
        }
        return info.build();
    }

    private static boolean attributes(String base64Url, JoinRequest.Builder request) {
        if (base64Url.isEmpty()) {
            return true;
        }
        byte[] bytes = base64(base64Url);
        JsonNode map = bytes == null ? null : StrictJson.read(bytes);
        if (map == null || !map.isObject()) {
            return false;
        }
        for (Map.Entry<String, JsonNode> member : map.properties()) {
            if (!member.getValue().isTextual()) {
                return false;
            }
            request.putParticipantAttributes(member.getKey(), member.getValue().textValue());
        }
        return true;
    }

    private static boolean flag(RequestHead head, String name) {
        String value = head.query(name);
        return value.equals("1") || value.equals("true");
    }

    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 6) {
            return 0;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    /** Base64url with or without padding; standard base64 is taken as well, since some clients send it. */
    private static byte[] base64(String text) {
        try {
            return Base64.getUrlDecoder()
                    .decode(text.replace('+', '-').replace('/', '_').getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
