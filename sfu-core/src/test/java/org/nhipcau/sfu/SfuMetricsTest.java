// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        }
    }

    @Test
    void shouldDeliverRepliesAfterAListenerFailed() throws Exception {
        try (EventPump pump = new EventPump()) {
            pump.listen(event -> {
                throw new AssertionError("fault on purpose");
            });
            pump.accept(new MediaEvent.RoomLost("room", "test"));
            CompletableFuture<MediaReply> reply = new CompletableFuture<>();
            pump.reply(reply, new MediaReply.Done());
            assertEquals(new MediaReply.Done(), reply.get(10, TimeUnit.SECONDS));
        }
    }
}
