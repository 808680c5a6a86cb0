// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import livekit.LivekitModels.DisconnectReason;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.signaling.data.Refusal;
import org.nhipcau.signaling.room.RoomMetrics;

/**
 * Counts what rooms tell. Joins and resumes are counted at the socket, transport failures by the media node.
 *
 * <p>Thread: any.
 */
public final class RoomMeters implements RoomMetrics {
    private enum Trouble { NEGOTIATION_FAILED, MEDIA_REFUSED, MAILBOX_FULL, REQUEST_REFUSED, RESUME_REFUSED, FAULT }

    private final SignalingMetrics metrics;
    private final AtomicInteger tracks = new AtomicInteger();
    private final Map<DisconnectReason, Counter> leaves = new EnumMap<>(DisconnectReason.class);
    private final Map<Trouble, Counter> troubles = new EnumMap<>(Trouble.class);
    private final Map<DataChannel, Counter> dataReceived = new EnumMap<>(DataChannel.class);
    private final Map<DataChannel, Counter> dataForwarded = new EnumMap<>(DataChannel.class);
    private final Map<Refusal, Counter> dataRefused = new EnumMap<>(Refusal.class);
    private final Counter dataLost;

    /** Registers all meters. */
    public RoomMeters(MeterRegistry registry, SignalingMetrics metrics) {
        this.metrics = metrics;
        for (DisconnectReason reason : DisconnectReason.values()) {
            leaves.put(reason, Counter.builder("nhipcau.signaling.leaves").description("Participants that left")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT)).register(registry));
        }
        for (Trouble trouble : Trouble.values()) {
            troubles.put(trouble, Counter.builder("nhipcau.signaling.troubles")
                    .description("What rooms refused or failed at")
                    .tag("trouble", trouble.name().toLowerCase(Locale.ROOT)).register(registry));
        }
        for (DataChannel channel : DataChannel.values()) {
            dataReceived.put(channel, data("nhipcau.signaling.data.received", "Messages that participants sent",
                    "channel", channel).register(registry));
            dataForwarded.put(channel, data("nhipcau.signaling.data.forwarded",
                    "Messages given to the media node, once per receiver", "channel", channel).register(registry));
        }
        for (Refusal refusal : Refusal.values()) {
            dataRefused.put(refusal, data("nhipcau.signaling.data.refused", "Messages that went to nobody", "reason",
                    refusal).register(registry));
        }
        dataLost = Counter.builder("nhipcau.signaling.data.lost")
                .description("Reliable messages that did not reach a receiver").register(registry);
    }

    private static Counter.Builder data(String name, String description, String label, Enum<?> value) {
        return Counter.builder(name).description(description).tag(label, value.name().toLowerCase(Locale.ROOT));
    }

    /** Published tracks. */
    public int tracks() {
        return tracks.get();
    }

    @Override
    public void active(long durationMs) {
        metrics.active(TimeUnit.MILLISECONDS.toNanos(durationMs));
    }

    @Override
    public void left(DisconnectReason reason) {
        leaves.get(reason).increment();
    }

    @Override
    public void resumed(boolean accepted) {
        if (!accepted) {
            troubles.get(Trouble.RESUME_REFUSED).increment();
        }
    }

    @Override
    public void trackPublished(MediaKind kind) {
        tracks.incrementAndGet();
    }

    @Override
    public void trackUnpublished(MediaKind kind) {
        tracks.decrementAndGet();
    }

    @Override
    public void firstMedia(MediaKind kind, long elapsedMs) {
        if (kind == MediaKind.VIDEO) {
            metrics.firstFrame(TimeUnit.MILLISECONDS.toNanos(elapsedMs));
        }
    }

    @Override
    public void dataReceived(DataChannel channel) {
        dataReceived.get(channel).increment();
    }

    @Override
    public void dataForwarded(DataChannel channel, int receivers) {
        dataForwarded.get(channel).increment(receivers);
    }

    @Override
    public void dataRefused(Refusal why) {
        dataRefused.get(why).increment();
    }

    @Override
    public void dataLost(int messages) {
        dataLost.increment(messages);
    }

    @Override
    public void negotiationFailed() {
        troubles.get(Trouble.NEGOTIATION_FAILED).increment();
    }

    @Override
    public void mediaRefused(MediaReply.Reason reason) {
        troubles.get(Trouble.MEDIA_REFUSED).increment();
    }

    @Override
    public void mailboxFull() {
        troubles.get(Trouble.MAILBOX_FULL).increment();
    }

    @Override
    public void requestRefused() {
        troubles.get(Trouble.REQUEST_REFUSED).increment();
    }

    @Override
    public void fault() {
        troubles.get(Trouble.FAULT).increment();
    }
}
