// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import java.io.IOException;
import java.util.Map;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.api.QualityHandler;
import org.nhipcau.signaling.api.QualityService;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.api.TwirpHandler;
import org.nhipcau.signaling.http.HttpLimits;
import org.nhipcau.signaling.http.HttpListener;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.token.TokenVerifier;

/**
 * The public port of signaling: clients, the server API and the page.
 *
 * <p>Thread: any. Owns: its listener.
 */
public final class SignalingServer implements AutoCloseable {
    /** Signaling is light: media has its own threads. */
    private static final int EVENT_LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private final HttpListener listener;

    private SignalingServer(HttpListener listener) {
        this.listener = listener;
    }

    /**
     * Binds the port and begins to serve.
     *
     * @param sites what else is served, by what the paths begin with, without a slash at the end
     * @throws IOException when the port cannot be bound
     */
    public static SignalingServer start(SignalingConfig config, SignalingService service, RoomService rooms,
            QualityService quality, SignalingMetrics metrics, Map<String, HttpService> sites) throws IOException {
        TokenVerifier verifier = new TokenVerifier(config.keys());
        SignalingRoutes routes = new SignalingRoutes(config, service, verifier, new TwirpHandler(rooms, verifier),
                new QualityHandler(quality, verifier), metrics,
                new PageAssets(SignalingServer.class.getClassLoader(), "web/"), sites);
        return new SignalingServer(HttpListener.open("signaling", config.http().bindAddress(), config.http().port(),
                EVENT_LOOPS, HttpLimits.of(config.limits()), routes));
    }

    /** The bound port. */
    public int port() {
        return listener.port();
    }

    /** Open connections. */
    public int connections() {
        return listener.connections();
    }

    /** Takes no more connections, so that clients told to reconnect go elsewhere. */
    public void stopAccepting() {
        listener.stopAccepting();
    }

    /** Closes the port and all sockets. Idempotent. */
    @Override
    public void close() {
        listener.close();
    }
}
