// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * The server under load and the key that opens it.
 *
 * @param url ws, wss, http or https, perhaps with a path in front
 */
public record ServerAddress(URI url, String apiKey, String apiSecret) {
    private static final long TOKEN_LIFE_S = 6 * 3_600;

    public ServerAddress {
        String scheme = url.getScheme() == null ? "" : url.getScheme();
        String socketScheme = switch (scheme) {
            case "ws", "http" -> "ws";
            case "wss", "https" -> "wss";
            default -> throw new IllegalArgumentException("the address begins with '" + scheme
                    + "'; allowed: ws, wss, http, https");
        };
        if (url.getHost() == null) {
            throw new IllegalArgumentException("the address has no host");
        }
        url = URI.create(socketScheme + url.toString().substring(scheme.length()));
    }

    /** The address of a join. */
    URI join(boolean autoSubscribe) {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + "rtc?protocol=16&auto_subscribe="
                + (autoSubscribe ? 1 : 0) + "&adaptive_stream=0");
    }

    /** A token with which a client may join a room, send and receive. */
    public String token(String room, String identity) {
        Grants.Video video = new Grants.Video(false, false, false, false, true, room, null, null, null, List.of(),
                null, false, false, false, false, "");
        return new TokenIssuer(Map.of(apiKey, apiSecret)).mint(new Grants(apiKey, identity, "", "", Map.of(), "", 0, 0,
                "", "", "", video), TOKEN_LIFE_S);
    }

    /** The local address that packets to the server leave from. */
    InetAddress localAddress() throws IOException {
        InetAddress server = InetAddress.getByName(url.getHost());
        if (server.isLoopbackAddress()) {
            return server;
        }
        try (DatagramSocket probe = new DatagramSocket()) {
            // Sends nothing: the kernel chooses the route.
            probe.connect(new InetSocketAddress(server, 9));
            return probe.getLocalAddress();
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ServerAddress[" + url + "]";
    }
}
