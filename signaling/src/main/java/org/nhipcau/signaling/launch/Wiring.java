// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.api.QualityService;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.api.WebhookSink;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.session.SignalingService;
import org.nhipcau.signaling.store.Store;
import org.nhipcau.signaling.token.TokenIssuer;

/**
 * How the parts of a process are made; tests put in their own.
 *
 * @param node a media node in this process
 * @param remote a media node in another process, reached by the control port
 * @param control the control port in front of a media node
 * @param records what outlives the process
 * @param rooms the rooms on a media node
 */
public record Wiring(NodeFactory node, RemoteFactory remote, ControlFactory control, RecordsFactory records,
        RoomsFactory rooms) {
    /** Starts a media node. */
    @FunctionalInterface
    public interface NodeFactory {
        MediaServer start(SfuConfig config, MeterRegistry registry) throws IOException;
    }

    /** Connects to a media node; it may come up later. */
    @FunctionalInterface
    public interface RemoteFactory {
        MediaServer connect(ServerConfig.Control control) throws IOException;
    }

    /** Opens the control port. */
    @FunctionalInterface
    public interface ControlFactory {
        ControlPort serve(MediaServer node, ServerConfig.Control control) throws IOException;
    }

    /** An open control port. */
    public interface ControlPort extends AutoCloseable {
        int port();

        @Override
        void close();
    }

    /** Opens the store; null when none is configured: then there are no consultations. */
    @FunctionalInterface
    public interface RecordsFactory {
        Records open(ServerConfig config) throws IOException;
    }

    /**
     * What outlives the process, and the one way by which it is changed.
     *
     * @param directory where state is kept
     * @param close ends the timer and the store
     */
    public record Records(Store store, ConsultationService consultations, Path directory, InstantSource clock,
            AutoCloseable close) {}

    /** Makes the rooms; records is null when there are no consultations. */
    @FunctionalInterface
    public interface RoomsFactory {
        Rooms open(SignalingConfig config, MediaServer media, Records records, TokenIssuer tokens, WebhookSink webhooks,
                MeterRegistry registry, SignalingMetrics metrics) throws IOException;
    }

    /**
     * The rooms as the launcher sees them.
     *
     * @param drain tells all clients to reconnect (elsewhere, or here after a restart) and closes their sockets
     * @param close ends all rooms
     * @param sites what is served over HTTP beside, by what the paths begin with
     * @param tightener where orders go that protect people; null when there are no consultations
     * @param heldSound whether all that holds without being on record is on its way there
     */
    public record Rooms(SignalingService signaling, RoomService api, QualityService quality, Runnable drain,
            Runnable close, Map<String, HttpService> sites, Tightener tightener, BooleanSupplier heldSound) {}
}
