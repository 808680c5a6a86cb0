// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.store.keys.KeySource;
import org.nhipcau.signaling.store.keys.UnusableKeyException;

/** What no single key shows: keys and secrets, addresses that fit together, URLs. Thread: start-up. */
final class ConfigChecks {
    /** RFC 7518 §3.2: a key as long as the hash. */
    private static final int MIN_SECRET_CHARS = 32;

    private final ServerConfig config;
    private final boolean keysNeeded;
    private final List<String> problems;

    ConfigChecks(ServerConfig config, boolean keysNeeded, List<String> problems) {
        this.config = config;
        this.keysNeeded = keysNeeded;
        this.problems = problems;
    }

    void run() {
        SignalingConfig signaling = config.signaling();
        SignalingConfig.Http http = signaling.http();
        boolean loopback = address("signaling.http.bind-address", http.bindAddress())
                & address("signaling.http.admin-bind-address", http.adminBindAddress())
                & address("sfu.bind-address", config.sfu().bindAddress())
                & address("control.host", config.control().host());
        if (signaling.dev() && !loopback) {
            refuse("signaling.dev", true, "only when signaling.http.bind-address, "
                    + "signaling.http.admin-bind-address, sfu.bind-address and control.host are loopback "
                    + "(127.0.0.1 or ::1), since the development keys are known to everybody");
        }
        checkKeys(signaling.keys(), signaling.dev());
        checkControl(config.control());
        SignalingConfig.Rooms rooms = signaling.rooms();
        if (rooms.pingTimeoutS() <= rooms.pingIntervalS()) {
            refuse("signaling.rooms.ping-timeout-s", rooms.pingTimeoutS(),
                    "more than signaling.rooms.ping-interval-s, " + rooms.pingIntervalS());
        }
        if (signaling.sound().packetMs() % 20 != 0) {
            refuse("signaling.sound.packet-ms", signaling.sound().packetMs(), "20, 40 or 60");
        }
        SignalingConfig.Limits limits = signaling.limits();
        burst("message-burst", limits.messageBurst(), "messages-per-second", limits.messagesPerSecond());
        burst("api-request-burst", limits.apiRequestBurst(), "api-requests-per-second", limits.apiRequestsPerSecond());
        burst("failed-credential-burst", limits.failedCredentialBurst(), "failed-credentials-per-second",
                limits.failedCredentialsPerSecond());
        int pathKey = signaling.paths().key().length();
        if (pathKey > 0 && pathKey < MIN_SECRET_CHARS) {
            refuse("signaling.paths.key", "(hidden) of " + pathKey + " characters",
                    "empty, or " + MIN_SECRET_CHARS + " or more");
        }
        store(signaling.store(), problems);
        origins(http.allowedOrigins());
        webhooks(signaling);
    }

    private void burst(String key, int burst, String rateKey, int rate) {
        if (burst < rate) {
            refuse("signaling.limits." + key, burst, "at least signaling.limits." + rateKey + ", " + rate);
        }
    }

    private void refuse(String key, Object value, String allowed) {
        problems.add(key + " is " + value + "; allowed: " + allowed);
    }

    static void store(SignalingConfig.Store store, List<String> problems) {
        if (!store.url().isEmpty() && !store.url().startsWith("jdbc:sqlite:")
                && !store.url().startsWith("jdbc:postgresql:")) {
            problems.add("signaling.store.url is (hidden); allowed: empty, jdbc:sqlite:PATH or jdbc:postgresql:…");
        }
        if (!store.key().isEmpty()) {
            try {
                KeySource.of(store.key());
            } catch (UnusableKeyException e) {
                problems.add("signaling.store.key is " + e.getMessage());
            }
        }
        SignalingConfig.Store.Keep keep = store.keep();
        if (keep.auditDays() < keep.consultationDays()) {
            problems.add("signaling.store.keep.audit-days is " + keep.auditDays() + "; allowed: at least "
                    + "signaling.store.keep.consultation-days, " + keep.consultationDays()
                    + ", since the record proves the consultations");
        }
    }

    private void checkControl(ServerConfig.Control control) {
        int length = control.token().length();
        if (length == 0 && !isLoopback(control.host())) {
            refuse("control.token", "empty",
                    MIN_SECRET_CHARS + " characters or more when control.host is not loopback");
        } else if (length > 0 && length < MIN_SECRET_CHARS) {
            refuse("control.token", "(hidden) of " + length + " characters", MIN_SECRET_CHARS + " or more");
        }
        if (control.certificateFile().isEmpty() != control.privateKeyFile().isEmpty()) {
            String empty = control.certificateFile().isEmpty()
                    ? "control.certificate-file" : "control.private-key-file";
            refuse(empty, "empty", "control.certificate-file and control.private-key-file both, or none");
        } else if (!keysNeeded && control.certificateFile().isEmpty() && !isLoopback(control.host())) {
            refuse("control.certificate-file", "empty", "a PEM file when control.host is not loopback");
        }
    }

    private void checkKeys(Map<String, String> keys, boolean dev) {
        if (keys.isEmpty() && keysNeeded) {
            refuse("signaling.keys", "empty", "one API key and secret at least, in the file (signaling.keys { "
                    + "\"name\": \"secret\" }) or in " + ConfigLoader.KEYS_VARIABLE
                    + "=\"name: secret\"; to try things out on this machine: --dev");
        }
        keys.forEach((name, secret) -> {
            if (name.isBlank() || secret.isBlank()) {
                refuse("signaling.keys", "(hidden) with an empty name or secret", "\"name\": \"secret\"");
            } else if (!dev && secret.length() < MIN_SECRET_CHARS) {
                refuse("signaling.keys.\"" + name + "\"", "(hidden) of " + secret.length() + " characters",
                        MIN_SECRET_CHARS + " or more");
            }
        });
    }

    /** Checks a literal; true when it is loopback. */
    private boolean address(String key, String value) {
        boolean name = key.equals("control.host") && value.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})");
        if (!literal(value) && !name) {
            refuse(key, '"' + value + '"', "an IPv4 or IPv6 literal"
                    + (key.equals("control.host") ? " or a host name" : ""));
            return true;
        }
        return isLoopback(value);
    }

    private static boolean literal(String value) {
        // Only digits, or with a colon: nothing that would be looked up.
        return value.matches("[0-9.]{7,15}") && parsed(value) != null
                || value.indexOf(':') >= 0 && value.matches("[0-9A-Fa-f:.]{2,45}") && parsed(value) != null;
    }

    private static InetAddress parsed(String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isLoopback(String host) {
        if (literal(host)) {
            return parsed(host).isLoopbackAddress();
        }
        return host.equals("localhost");
    }

    private void origins(List<String> origins) {
        for (String origin : origins) {
            if (!origin.equals("*") && !origin.matches("https?://[A-Za-z0-9.\\-\\[\\]:]+/?")) {
                refuse("signaling.http.allowed-origins", '"' + origin + '"', "\"*\" or scheme://host[:port]");
            }
        }
    }

    private void webhooks(SignalingConfig signaling) {
        SignalingConfig.Webhooks webhooks = signaling.webhooks();
        urls("signaling.webhooks.urls", webhooks.urls());
        urls("signaling.webhooks.consultation-urls", webhooks.consultationUrls());
        if (!webhooks.apiKey().isEmpty() && !signaling.keys().containsKey(webhooks.apiKey())) {
            refuse("signaling.webhooks.api-key", '"' + webhooks.apiKey() + '"',
                    "a name of signaling.keys, or empty");
        }
    }

    private void urls(String key, List<String> urls) {
        for (String url : urls) {
            if (!webUrl(url)) {
                refuse(key, '"' + url + '"', "http(s)://host[:port]/path without user and fragment");
            }
        }
    }

    private static boolean webUrl(String url) {
        try {
            URI uri = new URI(url);
            return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme())) && uri.getHost() != null
                    && uri.getUserInfo() == null && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
