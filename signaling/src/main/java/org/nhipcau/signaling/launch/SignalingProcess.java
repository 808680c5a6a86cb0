// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.admin.AdminServer;
import org.nhipcau.signaling.admin.HealthCheck;
import org.nhipcau.signaling.admin.SignalingMetrics;
import org.nhipcau.signaling.api.WebhookDispatcher;
import org.nhipcau.signaling.api.WebhookSink;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.http.HttpService;
import org.nhipcau.signaling.token.TokenIssuer;
import org.nhipcau.signaling.ws.SignalingServer;

/**
 * A running process of any of the three kinds: all in one, signaling alone, or a media node alone.
 *
 * <p>Going down, it first stops taking connections and tells clients to reconnect, then ends rooms, then media.
 *
 * <p>Thread: any. Owns: every part.
 */
public final class SignalingProcess implements AutoCloseable {
    private static final long DRAIN_MS = 2_000;

    private final Shutdown shutdown = new Shutdown();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicBoolean accepting = new AtomicBoolean();
    private String address = "";
    private String adminAddress = "";
    private String readyLine = "";
    private Wiring.Records records;
    private volatile BooleanSupplier heldSound = () -> true;

    private SignalingProcess() {}

    /** Signaling and media in one process. */
    public static SignalingProcess allInOne(ServerConfig config, Wiring wiring) throws IOException {
        return start(process -> {
            MediaServer media = process.recordsAndNode(config, wiring);
            process.admin(config, media);
            process.signaling(config, wiring, media);
            process.ready("media=" + mediaPorts(config.sfu(), media));
        });
    }

    /** Signaling alone, with a media node behind the control port. */
    public static SignalingProcess signalingAlone(ServerConfig config, Wiring wiring) throws IOException {
        return start(process -> {
            process.records(config, wiring);
            MediaServer media = wiring.remote().connect(config.control());
            process.shutdown.push(media);
            process.admin(config, media);
            process.signaling(config, wiring, media);
            process.ready("control=" + config.control().host() + ':' + config.control().port());
        });
    }

    /** A media node alone, behind the control port. */
    public static SignalingProcess nodeAlone(ServerConfig config, Wiring wiring) throws IOException {
        return start(process -> {
            MediaServer media = process.node(config, wiring);
            process.admin(config, media);
            Wiring.ControlPort control = wiring.control().serve(media, config.control());
            process.shutdown.push(control);
            process.address = "control=" + config.control().host() + ':' + control.port();
            process.accepting.set(true);
            process.ready("media=" + mediaPorts(config.sfu(), media));
        });
    }

    private interface Steps {
        void run(SignalingProcess process) throws IOException;
    }

    private static SignalingProcess start(Steps steps) throws IOException {
        SignalingProcess process = new SignalingProcess();
        boolean started = false;
        try {
            steps.run(process);
            started = true;
            return process;
        } finally {
            if (!started) {
                process.close();
            }
        }
    }

    private MediaServer node(ServerConfig config, Wiring wiring) throws IOException {
        MediaServer media = wiring.node().start(config.sfu(), registry);
        shutdown.push(media);
        return media;
    }

    // Each takes a good part of the start and neither needs the other: side by side. The node is closed first.
    private MediaServer recordsAndNode(ServerConfig config, Wiring wiring) throws IOException {
        FutureTask<Void> opening = new FutureTask<>(() -> {
            records(config, wiring);
            return null;
        });
        Thread.ofPlatform().name("records").start(opening);
        MediaServer media = null;
        try {
            media = wiring.node().start(config.sfu(), registry);
        } finally {
            try {
                outcome(opening);
            } finally {
                if (media != null) {
                    shutdown.push(media);
                }
            }
        }
        return media;
    }

    private static void outcome(FutureTask<Void> task) throws IOException {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the records were opened", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    // Opened before and closed after all that writes to it.
    private void records(ServerConfig config, Wiring wiring) throws IOException {
        records = wiring.records().open(config);
        if (records != null) {
            shutdown.push(records.close());
            Gauge.builder("nhipcau.store.available", records.store(), store -> store.available() ? 1 : 0)
                    .description("1 while what is recorded reaches the disk").register(registry);
        }
    }

    private void signaling(ServerConfig config, Wiring wiring, MediaServer media) throws IOException {
        SignalingConfig signaling = config.signaling();
        SignalingMetrics metrics = new SignalingMetrics(registry);
        TokenIssuer tokens = new TokenIssuer(signaling.keys());
        WebhookSink webhooks = WebhookDispatcher.of(signaling, tokens, metrics::webhook);
        if (webhooks instanceof AutoCloseable closeable) {
            shutdown.push(closeable);
        }
        Wiring.Rooms rooms = wiring.rooms().open(signaling, media, records, tokens, webhooks, registry, metrics);
        shutdown.push(rooms.close()::run);
        heldSound = rooms.heldSound();
        Map<String, HttpService> sites = new LinkedHashMap<>(rooms.sites());
        if (records != null) {
            RestParts rest = RestParts.open(signaling, records, rooms.tightener(), tokens, metrics::webhook);
            shutdown.push(rest);
            sites.put(RestParts.PREFIX, rest.api());
        }
        SignalingServer server = SignalingServer.start(signaling, rooms.signaling(), rooms.api(), rooms.quality(),
                metrics, sites);
        shutdown.push(server);
        shutdown.push(() -> drain(server, rooms));
        accepting.set(true);
        address = "http://" + host(signaling.http().bindAddress()) + ':' + server.port() + '/';
    }

    private void drain(SignalingServer server, Wiring.Rooms rooms) {
        accepting.set(false);
        server.stopAccepting();
        rooms.drain().run();
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MS);
        while (server.connections() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    // Opened before and closed after signaling, so that operators can watch it come up and drain.
    private void admin(ServerConfig config, MediaServer media) throws IOException {
        SignalingConfig.Http http = config.signaling().http();
        List<HealthCheck> checks = new ArrayList<>(List.of(new HealthCheck("accepting", accepting::get),
                new HealthCheck("media", media::reachable)));
        if (records != null) {
            checks.add(new HealthCheck("store", records.store()::available));
            checks.add(new HealthCheck("held-orders", false, () -> heldSound.getAsBoolean()));
        }
        AdminServer admin = AdminServer.start(http.adminBindAddress(), http.adminPort(), registry, checks);
        shutdown.push(admin);
        adminAddress = "http://" + host(http.adminBindAddress()) + ':' + admin.port() + '/';
    }

    private void ready(String more) {
        readyLine = "ready " + address + " admin=" + adminAddress + ' ' + more;
    }

    private static String mediaPorts(SfuConfig sfu, MediaServer media) {
        int workers = media.node().workers();
        if (sfu.firstPort() == 0) {
            return "udp/any";
        }
        return "udp/" + sfu.firstPort() + (workers > 1 ? "-" + (sfu.firstPort() + workers - 1) : "");
    }

    /** An address that this machine can open: the wildcard ones are none. */
    private static String host(String literal) {
        InetAddress bound = InetAddress.ofLiteral(literal);
        if (bound.isAnyLocalAddress()) {
            return literal.indexOf(':') >= 0 ? "[::1]" : "127.0.0.1";
        }
        return literal.indexOf(':') >= 0 ? '[' + literal + ']' : literal;
    }

    /** What is printed when the process may be used. */
    public String readyLine() {
        return readyLine;
    }

    /** Takes the process down gracefully. Idempotent. */
    @Override
    public void close() {
        shutdown.close();
    }
}
