// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.HttpLimits;
import org.nhipcau.signaling.http.HttpListener;
import org.nhipcau.signaling.http.RequestHead;

/**
 * The operators' port: {@code /healthz} (the process runs), {@code /readyz} (it may be sent clients) and
 * {@code /metrics} (Prometheus text format).
 *
 * <p>Thread: any. Owns: its listener and the meters of the Java machine.
 */
public final class AdminServer implements AutoCloseable {
    private static final HttpLimits LIMITS = new HttpLimits(8_192, 20, 100, 64, 10, 30);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry;
    private final List<HealthCheck> checks;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private HttpListener listener;

    private AdminServer(PrometheusMeterRegistry registry, List<HealthCheck> checks) {
        this.registry = registry;
        this.checks = new CopyOnWriteArrayList<>(checks);
    }

    /**
     * Binds the port and begins to serve.
     *
     * @param port 0: any free port
     * @throws IOException when the port cannot be bound
     */
    public static AdminServer start(String bindAddress, int port, PrometheusMeterRegistry registry,
            List<HealthCheck> checks) throws IOException {
        AdminServer server = new AdminServer(registry, checks);
        server.listener = HttpListener.open("admin", bindAddress, port, 1, LIMITS, server::route);
        server.bindJavaMachine();
        return server;
    }

    private void bindJavaMachine() {
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    private HttpAction route(RequestHead head) {
        if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
            return new HttpAction.Answer(HttpAnswer.empty(405).with("Allow", "GET, HEAD"));
        }
        return switch (head.path()) {
            case "/healthz" -> new HttpAction.Answer(HttpAnswer.text(200, "ok\n"));
            case "/readyz" -> new HttpAction.Handle(0, body -> readiness());
            case "/metrics" -> new HttpAction.Handle(0, body -> new HttpAnswer(200, PROMETHEUS_TEXT,
                    registry.scrape().getBytes(StandardCharsets.UTF_8), Map.of()));
            default -> new HttpAction.Answer(HttpAnswer.empty(404));
        };
    }

    private HttpAnswer readiness() {
        StringBuilder text = new StringBuilder();
        boolean ready = true;
        for (HealthCheck check : checks) {
            boolean passes = check.passes();
            ready &= passes || !check.vital();
            text.append(check.name()).append(passes ? ": ok\n" : check.vital() ? ": failing\n" : ": warning\n");
        }
        return HttpAnswer.text(ready ? 200 : 503, text + (ready ? "ready\n" : "not ready\n"));
    }

    /** The bound port. */
    public int port() {
        return listener.port();
    }

    @Override
    public void close() {
        listener.close();
        collections.close();
    }
}
