// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import java.util.List;
import java.util.Map;

/** What each key of signaling allows; {@code SfuConfig} checks its own. Told again, in words, in the defaults file. */
final class KeyRules {
    /** Inclusive bounds of a number. */
    record Range(long min, long max) {
        @Override
        public String toString() {
            return min + " to " + max;
        }
    }

    static final Map<String, Range> RANGES = Map.ofEntries(
            Map.entry("signaling.http.port", new Range(0, 65_535)),
            Map.entry("signaling.http.admin-port", new Range(0, 65_535)),
            Map.entry("control.port", new Range(0, 65_535)),
            Map.entry("signaling.rooms.empty-timeout-s", new Range(1, 604_800)),
            Map.entry("signaling.rooms.departure-timeout-s", new Range(1, 604_800)),
            Map.entry("signaling.rooms.ping-interval-s", new Range(1, 60)),
            Map.entry("signaling.rooms.ping-timeout-s", new Range(2, 300)),
            Map.entry("signaling.rooms.join-timeout-s", new Range(5, 600)),
            Map.entry("signaling.rooms.resume-hold-s", new Range(1, 600)),
            Map.entry("signaling.rooms.consultation-hold-s", new Range(1, 3_600)),
            Map.entry("signaling.rooms.token-ttl-s", new Range(600, 86_400)),
            Map.entry("signaling.rooms.token-refresh-s", new Range(10, 3_600)),
            Map.entry("signaling.sound.max-bitrate-bps", new Range(0, 510_000)),
            Map.entry("signaling.sound.packet-ms", new Range(20, 60)),
            Map.entry("signaling.limits.max-frame-bytes", new Range(16_384, 67_108_864)),
            Map.entry("signaling.limits.max-request-line-bytes", new Range(8_192, 4_194_304)),
            Map.entry("signaling.limits.max-join-request-bytes", new Range(16_384, 16_777_216)),
            Map.entry("signaling.limits.max-sdp-bytes", new Range(16_384, 4_194_304)),
            Map.entry("signaling.limits.messages-per-second", new Range(1, 10_000)),
            Map.entry("signaling.limits.message-burst", new Range(1, 100_000)),
            Map.entry("signaling.limits.max-connections", new Range(1, 1_000_000)),
            Map.entry("signaling.limits.auth-timeout-s", new Range(1, 60)),
            Map.entry("signaling.limits.send-queue-messages", new Range(16, 100_000)),
            Map.entry("signaling.limits.max-rooms", new Range(1, 1_000_000)),
            Map.entry("signaling.limits.max-participants-per-room", new Range(1, 10_000)),
            Map.entry("signaling.limits.max-tracks-per-participant", new Range(1, 256)),
            Map.entry("signaling.limits.max-name-chars", new Range(16, 4_096)),
            Map.entry("signaling.limits.max-metadata-bytes", new Range(0, 1_048_576)),
            Map.entry("signaling.limits.max-attributes-bytes", new Range(0, 1_048_576)),
            Map.entry("signaling.limits.api-requests-per-second", new Range(1, 10_000)),
            Map.entry("signaling.limits.api-request-burst", new Range(1, 100_000)),
            Map.entry("signaling.limits.failed-credentials-per-second", new Range(1, 10_000)),
            Map.entry("signaling.limits.failed-credential-burst", new Range(1, 100_000)),
            Map.entry("signaling.limits.max-whip-sessions", new Range(0, 100_000)),
            Map.entry("signaling.quality.sample-interval-s", new Range(1, 60)),
            Map.entry("signaling.quality.keep-s", new Range(0, 2_592_000)),
            Map.entry("signaling.quality.max-bytes", new Range(65_536, 2_147_483_647)),
            Map.entry("signaling.store.keep.consultation-days", new Range(1, 36_500)),
            Map.entry("signaling.store.keep.patient-name-days", new Range(1, 36_500)),
            Map.entry("signaling.store.keep.quality-days", new Range(1, 36_500)),
            Map.entry("signaling.store.keep.audit-days", new Range(1, 36_500)),
            Map.entry("signaling.store.keep.outbox-days", new Range(1, 3_650)),
            Map.entry("signaling.store.keep.idempotency-hours", new Range(1, 8_760)),
            Map.entry("signaling.paths.max-age-s", new Range(0, 43_200)),
            Map.entry("signaling.paths.max-entries", new Range(1, 1_000_000)),
            Map.entry("signaling.webhooks.queue-events", new Range(1, 1_000_000)),
            Map.entry("signaling.webhooks.timeout-s", new Range(1, 60)),
            Map.entry("signaling.webhooks.max-attempts", new Range(1, 20)));

    static final Map<String, List<String>> CHOICES = Map.of(
            "log.level", List.of("error", "warn", "info", "debug", "trace"),
            "log.format", List.of("text", "json"));

    private KeyRules() {}
}
