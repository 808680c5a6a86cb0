// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.rest.RestStory.Sample;
import org.nhipcau.signaling.rest.key.OperatorTokens;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.rest.route.RouteTable;
import org.nhipcau.signaling.token.StrictJson;

/** The published document says what is served, all of it and nothing else. */
class OpenApiTest {
    @TempDir
    Path directory;

    private RestFixture rest;
    private JsonNode document;
    private SchemaCheck check;

    /** Statuses seen, by operation. */
    private final Map<String, Set<Integer>> seen = new TreeMap<>();
    private final List<JsonNode> answerSchemas = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        rest = new RestFixture(directory, 1_000_000);
        document = StrictJson.read(rest.send("GET", "/openapi.json", null, null).body());
        check = new SchemaCheck(document);
    }

    @AfterEach
    void close() throws Exception {
        rest.close();
    }

    private RouteTable.Match.Found found(String method, String path) {
        RouteTable table = new RouteTable(rest.api.routes());
        return (RouteTable.Match.Found) table.match(method, RouteTable.PREFIX + path.split("\\?")[0]);
    }

    /** Holds an answer against the document. */
    private void witness(String method, String path, HttpResponse<byte[]> answer) {
        Route route = found(method, path).route();
        String operation = method + ' ' + route.path();
        JsonNode described = document.path("paths").path(route.path()).path(method.toLowerCase(Locale.ROOT))
                .path("responses").path(String.valueOf(answer.statusCode()));
        if (described.isMissingNode()) {
            problems.add(operation + " answers " + answer.statusCode() + ", which is not documented");
            return;
        }
        seen.computeIfAbsent(operation, key -> new TreeSet<>()).add(answer.statusCode());
        described.path("headers").properties().forEach(header -> {
            if (answer.headers().firstValue(header.getKey()).isEmpty()) {
                problems.add(operation + ' ' + answer.statusCode() + " lacks the header " + header.getKey());
            }
        });
        String type = answer.headers().firstValue("Content-Type").orElse("");
        JsonNode content = described.path("content");
        if (content.isMissingNode() != type.isEmpty() || !type.isEmpty() && !content.has(type)) {
            problems.add(operation + ' ' + answer.statusCode() + " is of type " + type);
        } else if (content.path(type).has("schema")) {
            JsonNode schema = content.path(type).path("schema");
            answerSchemas.add(schema);
            check.problems(schema, StrictJson.read(answer.body())).forEach(problem -> problems.add(operation + ' '
                    + answer.statusCode() + ": " + problem));
        }
    }

    private HttpResponse<byte[]> ask(Sample sample, String key, String... headers) throws Exception {
        HttpResponse<byte[]> answer = rest.send(sample.method(), sample.path(), key, sample.body(), headers);
        witness(sample.method(), sample.path(), answer);
        return answer;
    }

    private void expect(int status, Sample sample, String key, String... headers) throws Exception {
        HttpResponse<byte[]> answer = ask(sample, key, headers);
        assertEquals(status, answer.statusCode(), sample.method() + ' ' + sample.path() + ' '
                + new String(answer.body(), StandardCharsets.UTF_8));
    }

    @Test
    void shouldServeWhatItDocumentsAndDocumentWhatItServes() throws Exception {
        RestStory story = new RestStory(rest, this::witness);
        story.run();
        Map<String, Sample> byRoute = byRoute(story);
        Set<String> routes = new TreeSet<>();
        for (Route route : rest.api.routes()) {
            routes.add(route.method() + ' ' + route.path());
        }
        assertEquals(routes, new TreeSet<>(byRoute.keySet()), "every route has a request that it took");
        String key = rest.allKey();
        for (Route route : rest.api.routes()) {
            refusals(route, byRoute.get(route.method() + ' ' + route.path()), key);
        }
        // The rules of consultations refuse with a code and in both languages.
        expect(409, new Sample("POST", "/consultations/" + story.consultation + "/accept", null), key);
        failures(byRoute, key);
        assertEquals(List.of(), problems);
        assertEquals(documented(), seen, "each documented status was answered, and each answer is documented");
        assertEquals(check.reachable(answerSchemas), check.met, "each member of each answer was met");
    }

    private Map<String, Sample> byRoute(RestStory story) {
        Map<String, Sample> byRoute = new TreeMap<>();
        story.samples.values().forEach(sample -> byRoute.put(sample.method() + ' '
                + found(sample.method(), sample.path()).route().path(), sample));
        return byRoute;
    }

    private Map<String, Set<Integer>> documented() {
        Map<String, Set<Integer>> documented = new TreeMap<>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().forEach(operation ->
                operation.getValue().path("responses").properties().forEach(response -> documented.computeIfAbsent(
                        operation.getKey().toUpperCase(Locale.ROOT) + ' ' + path.getKey(), key -> new TreeSet<>())
                        .add(Integer.parseInt(response.getKey())))));
        return documented;
    }

    private void refusals(Route route, Sample sample, String key) throws Exception {
        String[] condition = route.condition() == Route.Condition.REQUIRED ? new String[] {"If-Match", "*"}
                : new String[0];
        String unknown = sample.path() + (sample.path().contains("?") ? "&" : "?") + "no-such-parameter=1";
        expect(400, new Sample(sample.method(), unknown, sample.body()), key, condition);
        if (route.scope() == null) {
            return;
        }
        expect(401, sample, null, condition);
        EnumSet<Scope> others = EnumSet.complementOf(EnumSet.of(route.scope()));
        expect(403, sample, rest.key(others), condition);
        String tooLong = "x".repeat(route.body() == null ? 1 : RestApi.MAX_BODY_BYTES + 1);
        expect(413, new Sample(sample.method(), sample.path(), tooLong), key, condition);
        if (route.body() != null) {
            expect(415, sample, key, with(condition, "Content-Type", "text/plain"));
        }
        if (route.condition() == Route.Condition.REQUIRED) {
            expect(428, sample, key);
        }
        if (route.condition() != Route.Condition.NONE) {
            expect(412, sample, key, "If-Match", "\"v999999\"");
        }
        if (route.changes()) {
            rest.send("POST", "/facilities", key, """
                    {"code":"X%s","name":"X","level":"COMMUNE","province":"1"}""".formatted(Math.abs(route.hashCode())),
                    "Idempotency-Key", "taken-key-" + route.hashCode());
            expect(422, sample, key, with(condition, "Idempotency-Key", "taken-key-" + route.hashCode()));
            rest.idempotencyBusy.set(true);
            expect(409, sample, key, with(condition, "Idempotency-Key", "another-key-1"));
            rest.idempotencyBusy.set(false);
        }
        if (route.mayBeHeld()) {
            held(route, sample, key, condition);
        }
        notFound(route, sample, key, condition);
        notModified(route, sample, key);
    }

    /** What protects is carried out also while it cannot be recorded. */
    private void held(Route route, Sample sample, String key, String... condition) throws Exception {
        rest.running = new Tightener() {
            @Override
            public Consultation running(String id) {
                return null;
            }

            @Override
            public Tightened tighten(String id, ConsultationCommand command, Actor actor) {
                return new Tightened(rest.service.find(id).orElseThrow(), false);
            }

            @Override
            public void settle(String id) { }
        };
        String body = route.path().endsWith("/recorder") ? "{\"allowed\":false}" : sample.body();
        expect(202, new Sample(sample.method(), sample.path(), body), key, condition);
        rest.running = null;
    }

    private void notFound(Route route, Sample sample, String key, String... condition) throws Exception {
        if (route.path().contains("{")) {
            String path = sample.path();
            for (String parameter : found(sample.method(), sample.path()).parameters().values()) {
                path = path.replaceFirst(parameter, "nobody");
            }
            expect(404, new Sample(sample.method(), path, sample.body()), key, condition);
        } else if (documented().get(route.method() + ' ' + route.path()).contains(404)) {
            String path = sample.path().split("\\?")[0] + "?facility=BV01"
                    + (route.path().equals("/reports") ? "&from=2026-11-01&to=2026-11-02&by=TOTAL" : "");
            expect(404, new Sample("GET", path, null), rest.key(EnumSet.allOf(Scope.class), "TYT9"));
        }
    }

    private void notModified(Route route, Sample sample, String key) throws Exception {
        String tag = route.changes() ? "" : rest.send("GET", sample.path(), key, null).headers().firstValue("ETag")
                .orElse("");
        if (!tag.isEmpty()) {
            expect(304, sample, key, "If-None-Match", tag);
        }
    }

    private static String[] with(String[] headers, String name, String value) {
        List<String> more = new ArrayList<>(List.of(headers));
        more.addAll(List.of(name, value));
        return more.toArray(String[]::new);
    }

    /** What every route answers when the server fails, its store is away, or it is asked too often. */
    private void failures(Map<String, Sample> samples, String key) throws Exception {
        rest.broken.set(true);
        String operator = OperatorTokens.mint(rest.issuer, "testkey",
                EnumSet.allOf(Scope.class), 600);
        for (Sample sample : samples.values()) {
            expect(500, sample, operator);
        }
        rest.broken.set(false);
        rest.idle();
        for (Sample sample : samples.values()) {
            if (!sample.path().equals("/openapi.json")) {
                expect(429, sample, rest.idleKey, "If-Match", "*");
            }
        }
        rest.store.close();
        for (Sample sample : samples.values()) {
            if (!sample.path().equals("/openapi.json")) {
                expect(503, sample, key, "If-Match", "*");
            }
        }
    }

    /** A reader that takes what the document does not know would let the two drift apart unseen. */
    @Test
    void shouldReadWhatItDocumentsAndNothingElse() throws Exception {
        RestStory story = new RestStory(rest, (method, path, answer) -> { });
        story.run();
        String key = rest.allKey();
        for (Sample sample : byRoute(story).values()) {
            if (sample.body() == null) {
                continue;
            }
            Route route = found(sample.method(), sample.path()).route();
            JsonNode schema = document.path("paths").path(route.path()).path(route.method().toLowerCase(Locale.ROOT))
                    .path("requestBody").path("content").path("application/json").path("schema");
            JsonNode body = StrictJson.read(sample.body().getBytes(StandardCharsets.UTF_8));
            assertNotNull(body, sample.body());
            assertEquals(List.of(), check.problems(schema, body), sample.path());
            refusesOthers(sample, (ObjectNode) body, check, schema, key);
        }
    }

    private void refusesOthers(Sample sample, ObjectNode body, SchemaCheck schemas, JsonNode schema, String key)
            throws Exception {
        ObjectNode more = body.deepCopy().put("noSuchMember", 1);
        refuses(sample, more, key);
        JsonNode properties = schemas.referred(schema).path("properties");
        for (JsonNode required : schemas.referred(schema).path("required")) {
            ObjectNode less = body.deepCopy();
            less.remove(required.textValue());
            refuses(sample, less, key);
        }
        properties.properties().forEach(property -> {
            // Of another type than any property has, or a text that fits none.
            ObjectNode wrong = body.deepCopy();
            wrong.putObject(property.getKey()).put("noSuchMember", 1);
            try {
                refuses(sample, wrong, key);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private void refuses(Sample sample, ObjectNode body, String key) throws Exception {
        HttpResponse<byte[]> answer = rest.send(sample.method(), sample.path(), key,
                new String(StrictJson.write(body), StandardCharsets.UTF_8), "If-Match", "*");
        // Where If-Match is not heeded the refusal would be another one.
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        if (text.contains("If-Match")) {
            answer = rest.send(sample.method(), sample.path(), key,
                    new String(StrictJson.write(body), StandardCharsets.UTF_8));
            text = new String(answer.body(), StandardCharsets.UTF_8);
        }
        assertEquals(400, answer.statusCode(), sample.path() + ' ' + body + ' ' + text);
        assertTrue(StrictJson.read(answer.body()).has("errors"), text);
    }
}
