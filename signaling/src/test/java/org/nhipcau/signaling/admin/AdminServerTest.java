// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import livekit.LivekitModels.DisconnectReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.signaling.api.WebhookDispatcher;

class AdminServerTest {
    private static final Set<String> ALLOWED_LABELS = Set.of("status", "outcome", "limit", "direction", "le", "reason",
            "trouble", "area", "id", "state", "action", "cause", "gc", "channel");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicBoolean ready = new AtomicBoolean();
    private final HttpClient client = HttpClient.newHttpClient();
    private SignalingMetrics metrics;
    private RoomMeters rooms;
    private AdminServer admin;

    @BeforeEach
    void start() throws Exception {
        metrics = new SignalingMetrics(registry);
        rooms = new RoomMeters(registry, metrics);
        metrics.bindRooms(() -> 2, () -> 5, rooms::tracks);
        admin = AdminServer.start("127.0.0.1", 0, registry, List.of(new HealthCheck("accepting", ready::get),
                new HealthCheck("broken", () -> {
                    if (!ready.get()) {
                        throw new IllegalStateException("a bug");
                    }
                    return true;
                }), new HealthCheck("odd", false, () -> !ready.get())));
    }

    @AfterEach
    void stop() {
        admin.close();
        client.shutdownNow();
    }

    private HttpResponse<String> request(String method, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldTellHealthAndReadiness() throws Exception {
        assertEquals("200 ok\n", request("GET", "/healthz").statusCode() + " " + request("GET", "/healthz").body());
        HttpResponse<String> notReady = request("GET", "/readyz");
        assertEquals(503, notReady.statusCode());
        assertEquals("accepting: failing\nbroken: failing\nodd: ok\nnot ready\n", notReady.body());
        ready.set(true);
        assertEquals("accepting: ok\nbroken: ok\nodd: warning\nready\n", request("GET", "/readyz").body());
        assertEquals(404, request("GET", "/").statusCode());
        assertEquals(405, request("POST", "/metrics").statusCode());
        assertEquals(200, request("HEAD", "/metrics").statusCode());
    }

    @Test
    void shouldShowEveryMeterFromTheStartWithLabelsThatNameNobody() throws Exception {
        String text = request("GET", "/metrics").body();
        for (String meter : List.of("nhipcau_signaling_rooms 2.0", "nhipcau_signaling_participants 5.0",
                "nhipcau_signaling_tracks 0.0", "nhipcau_signaling_joins_total 0.0", "nhipcau_signaling_resumes_total",
                "nhipcau_signaling_joins_refused_total{status=\"401\"} 0.0", "nhipcau_signaling_websockets 0.0",
                "nhipcau_signaling_messages_total{direction=\"in\"} 0.0",
                "nhipcau_signaling_limited_total{limit=\"messages\"}",
                "nhipcau_signaling_webhooks_total{outcome=\"dropped\"} 0.0",
                "nhipcau_signaling_join_answer_seconds_bucket{le=\"0.1\"} 0",
                "nhipcau_signaling_join_active_seconds_count",
                "nhipcau_signaling_first_frame_seconds_bucket{le=\"1.0\"} 0",
                "nhipcau_signaling_leaves_total{reason=\"client_initiated\"} 0.0",
                "nhipcau_signaling_troubles_total{trouble=\"fault\"} 0.0",
                "nhipcau_signaling_data_received_total{channel=\"reliable\"} 0.0",
                "nhipcau_signaling_data_forwarded_total{channel=\"lossy\"} 0.0",
                "nhipcau_signaling_data_refused_total{reason=\"not_permitted\"} 0.0",
                "nhipcau_signaling_data_lost_total 0.0",
                "jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds",
                "process_files_open_files",
                "process_cpu_usage")) {
            assertTrue(text.contains(meter), meter);
        }
        Matcher labels = Pattern.compile("([a-z_]+)=\"").matcher(text);
        TreeSet<String> unknown = new TreeSet<>();
        while (labels.find()) {
            if (!ALLOWED_LABELS.contains(labels.group(1))) {
                unknown.add(labels.group(1));
            }
        }
        assertEquals(Set.of(), unknown);
    }

    @Test
    void shouldCountWhatHappens() throws Exception {
        metrics.joined(60_000_000);
        metrics.resumed();
        metrics.refused(401);
        metrics.refused(418);
        metrics.sockets(3);
        metrics.sockets(-1);
        metrics.messageIn();
        metrics.messageOut();
        metrics.limited(SignalingMetrics.RateLimited.SEND_QUEUE);
        metrics.webhook(WebhookDispatcher.Outcome.FAILED);
        rooms.active(200);
        rooms.firstMedia(MediaKind.VIDEO, 400);
        rooms.firstMedia(MediaKind.AUDIO, 400);
        rooms.left(DisconnectReason.ROOM_DELETED);
        rooms.trackPublished(MediaKind.AUDIO);
        rooms.fault();
        String text = request("GET", "/metrics").body();
        for (String line : List.of("nhipcau_signaling_joins_total 1.0", "nhipcau_signaling_resumes_total 1.0",
                "nhipcau_signaling_join_answer_seconds_bucket{le=\"0.05\"} 0",
                "nhipcau_signaling_join_answer_seconds_bucket{le=\"0.1\"} 1",
                "nhipcau_signaling_joins_refused_total{status=\"401\"} 1.0",
                "nhipcau_signaling_joins_refused_total{status=\"other\"} 1.0", "nhipcau_signaling_websockets 2.0",
                "nhipcau_signaling_messages_total{direction=\"out\"} 1.0",
                "nhipcau_signaling_limited_total{limit=\"send_queue\"} 1.0",
                "nhipcau_signaling_webhooks_total{outcome=\"failed\"} 1.0",
                "nhipcau_signaling_join_active_seconds_bucket{le=\"0.25\"} 1",
                "nhipcau_signaling_first_frame_seconds_count 1", "nhipcau_signaling_tracks 1.0",
                "nhipcau_signaling_leaves_total{reason=\"room_deleted\"} 1.0",
                "nhipcau_signaling_troubles_total{trouble=\"fault\"} 1.0")) {
            assertTrue(text.contains(line), line);
        }
    }
}
