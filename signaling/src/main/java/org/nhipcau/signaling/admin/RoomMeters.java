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
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
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
