// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.SfuConfig;

class SfuMetricsTest {
    @Test
    void shouldRegisterEachMeterOnce() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<String> refused = new ArrayList<>();
        registry.config().onMeterRegistrationFailed((id, why) -> refused.add(id + ": " + why));
        try (SfuServer server = SfuServer.start(SfuConfig.DEFAULT.boundTo("127.0.0.1", 0), registry)) {
            assertEquals(List.of(), refused);
            // One series for the node: a second one by worker would stay at 0 and hide losses from whoever reads it.
            assertEquals(List.of("nhipcau_sfu_events_lost_total 0.0"), registry.scrape().lines()
                    .filter(line -> line.startsWith("nhipcau_sfu_events_lost_total")).toList());
            assertEquals(List.of("nhipcau_sfu_srtp_engine{engine=\"" + server.node().srtpEngine() + "\"} 1.0"),
                    registry.scrape().lines().filter(line -> line.startsWith("nhipcau_sfu_srtp_engine")).toList());
        }
    }

    @Test
    void shouldDeliverRepliesAfterAListenerFailed() throws Exception {
        try (EventPump pump = new EventPump(1)) {
            pump.listen(event -> {
                throw new AssertionError("fault on purpose");
            });
            pump.accept(new MediaEvent.RoomLost("room", "test"));
            CompletableFuture<MediaReply> reply = new CompletableFuture<>();
            pump.reply(reply, new MediaReply.Done());
            assertEquals(new MediaReply.Done(), reply.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldTellThatTheNodeIsFullOnlyOnceAllItsWorkersAre() throws Exception {
        try (EventPump pump = new EventPump(2)) {
            BlockingQueue<MediaEvent> told = new LinkedBlockingQueue<>();
            pump.listen(told::add);
            pump.onAdmission(false);
            pump.onAdmission(false);
            pump.onAdmission(true);
            pump.onAdmission(true);
            assertEquals(new MediaEvent.AdmissionChanged(false), told.poll(10, TimeUnit.SECONDS));
            assertEquals(new MediaEvent.AdmissionChanged(true), told.poll(10, TimeUnit.SECONDS));
            pump.accept(new MediaEvent.RoomLost("last", "test"));
            assertEquals(new MediaEvent.RoomLost("last", "test"), told.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldShowTheLoadOfEachWorker() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (SfuServer server = SfuServer.start(SfuConfig.DEFAULT.boundTo("127.0.0.1", 0), registry)) {
            assertTrue(server.accepting());
            String scrape = registry.scrape();
            for (String line : List.of("nhipcau_sfu_worker_accepting{worker=\"0\"} 1.0",
                    "nhipcau_sfu_overload_level{worker=\"0\"} 0.0", "nhipcau_sfu_worker_utilisation{worker=\"0\"} ",
                    "nhipcau_sfu_worker_lag_seconds{worker=\"0\"} ",
                    "nhipcau_sfu_overload_time_seconds_total{level=\"no_video\",worker=\"0\"} 0.0",
                    "nhipcau_sfu_drops_total{reason=\"overload_video\",worker=\"0\"} 0.0")) {
                assertTrue(scrape.lines().anyMatch(found -> found.startsWith(line)), line);
            }
        }
    }
}
