// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.signaling.rest.json.SchemaWriter;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.replay.IdempotencyFilter;
import org.nhipcau.signaling.rest.route.Problem;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.rest.route.RouteTable;

/** Writes the document: every route, parameter, status and schema, and nothing that is not served. Thread: one. */
public final class OpenApiWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]*)}");
    private static final String SCHEME = "bearer";

    private final SchemaWriter schemas = new SchemaWriter();

    private OpenApiWriter() {}

    /**
     * Writes the document of these routes.
     *
     * @param version of the server
     * @param webhooks records of the bodies posted to webhooks, by event type
     */
    public static ObjectNode write(List<Route> routes, String version,
            Map<String, Class<? extends Record>> webhooks) {
        return new OpenApiWriter().document(routes, version, webhooks);
    }

    private ObjectNode document(List<Route> routes, String version, Map<String, Class<? extends Record>> webhooks) {
        ObjectNode root = NODES.objectNode().put("openapi", "3.1.0");
        root.putObject("info").put("title", "Nhịp Cầu REST API").put("version", version)
                .put("description", "Consultations: requested, approved, agreed to, held and recorded. People are "
                        + "pseudonyms everywhere but under /pseudonyms.")
                .putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
        root.putArray("servers").addObject().put("url", RouteTable.PREFIX);
        ObjectNode paths = root.putObject("paths");
        for (Route route : routes) {
            ObjectNode item = paths.withObjectProperty(route.path());
            item.set(route.method().toLowerCase(java.util.Locale.ROOT), operation(route));
        }
        ObjectNode hooks = root.putObject("webhooks");
        new TreeMap<>(webhooks).forEach((name, body) -> hooks.set(name, webhook(body)));
        ObjectNode components = root.putObject("components");
        components.putObject("securitySchemes").putObject(SCHEME).put("type", "http").put("scheme", SCHEME)
                .put("description", scopes());
        schemas.reference(Problem.class);
        ObjectNode all = components.putObject("schemas");
        schemas.schemas().forEach(all::set);
        return root;
    }

    private static String scopes() {
        StringBuilder text = new StringBuilder("An API key. Scopes:");
        for (Scope scope : Scope.values()) {
            text.append("\n- `").append(scope.wireName()).append("`: ").append(scope.description());
        }
        return text.toString();
    }

    private ObjectNode operation(Route route) {
        ObjectNode operation = NODES.objectNode().put("operationId", operationId(route))
                .put("summary", route.summary());
        operation.putArray("tags").add(route.path().split("/")[1]);
        ArrayNode security = operation.putArray("security");
        if (route.scope() != null) {
            security.addObject().putArray(SCHEME).add(route.scope().wireName());
        }
        ArrayNode parameters = parameters(route);
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        if (route.body() != null) {
            operation.putObject("requestBody").put("required", true).putObject("content").putObject(Reply.JSON)
                    .set("schema", schemas.reference(route.body()));
        }
        operation.set("responses", responses(route));
        return operation;
    }

    /** From method and path, so that it is stable: {@code post-consultations-id-accept}. */
    private static String operationId(Route route) {
        return route.method().toLowerCase(java.util.Locale.ROOT)
                + route.path().replaceAll("[{}]", "").replaceAll("[/.]", "-");
    }

    private ArrayNode parameters(Route route) {
        ArrayNode parameters = NODES.arrayNode();
        Matcher names = PARAMETER.matcher(route.path());
        while (names.find()) {
            parameter(parameters, "path", names.group(1), true, text(RouteTable.PARAMETER_PATTERN));
        }
        if (route.query() != null) {
            query(parameters, route.query());
        }
        if (route.scope() != null && route.changes()) {
            parameter(parameters, "header", "Idempotency-Key", false, text(IdempotencyFilter.KEY_PATTERN));
        }
        if (route.condition() != Route.Condition.NONE) {
            parameter(parameters, "header", "If-Match", route.condition() == Route.Condition.REQUIRED, text("\"v[0-9]{1,18}\"|\\*"));
        }
        boolean versioned = route.answers().stream().anyMatch(Route.Success::versioned);
        if (versioned && !route.changes()) {
            parameter(parameters, "header", "If-None-Match", false, text("\"v[0-9]{1,18}\""));
        }
        return parameters;
    }

    private static ObjectNode text(String pattern) {
        return NODES.objectNode().put("type", "string").put("pattern", "^(?:" + pattern + ")$");
    }

    private static ObjectNode parameter(ArrayNode parameters, String in, String name, boolean required,
            ObjectNode schema) {
        ObjectNode parameter = parameters.addObject().put("name", name).put("in", in).put("required", required);
        parameter.set("schema", schema);
        return parameter;
    }

    private static void query(ArrayNode parameters, Class<? extends Record> type) {
        // Query records are not bodies: their schema is taken apart and not published as one.
        SchemaWriter own = new SchemaWriter();
        ObjectNode schema = own.schemas().get(own.name(type));
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.textValue()));
        schema.path("properties").properties().forEach(property -> {
            ObjectNode inner = ((ObjectNode) property.getValue()).deepCopy();
            String description = inner.remove("description").textValue();
            parameter(parameters, "query", property.getKey(), required.contains(property.getKey()), inner)
                    .put("description", description);
        });
    }

    private ObjectNode responses(Route route) {
        Map<String, ObjectNode> responses = new TreeMap<>();
        for (Route.Success success : route.answers()) {
            responses.put(String.valueOf(success.status()), success(success));
            if (success.versioned() && !route.changes()) {
                responses.put("304", NODES.objectNode().put("description", "If-None-Match names this version."));
            }
        }
        Map<Integer, List<ProblemType>> problems = new TreeMap<>();
        for (ProblemType type : route.allProblems()) {
            problems.computeIfAbsent(type.status(), status -> new ArrayList<>()).add(type);
        }
        problems.forEach((status, types) -> responses.put(String.valueOf(status), problem(types)));
        ObjectNode node = NODES.objectNode();
        responses.forEach(node::set);
        return node;
    }

    private ObjectNode success(Route.Success success) {
        ObjectNode response = NODES.objectNode().put("description", success.description());
        if (success.versioned()) {
            header(response, "ETag", "The version, for If-Match and If-None-Match; of a page, its content, for If-None-Match.");
        }
        if (success.body() != null) {
            response.withObjectProperty("content").putObject(Reply.JSON)
                    .set("schema", schemas.reference(success.body()));
        }
        for (String type : success.mediaTypes()) {
            response.withObjectProperty("content").putObject(type);
        }
        return response;
    }

    private ObjectNode problem(List<ProblemType> types) {
        ObjectNode response = NODES.objectNode();
        List<String> told = new ArrayList<>();
        types.forEach(type -> told.add(type.title() + " (`" + Problem.uri(type) + "`)."));
        response.put("description", String.join(" ", told));
        if (types.contains(ProblemType.RATE_LIMITED) || types.contains(ProblemType.UNAVAILABLE)) {
            header(response, "Retry-After", "Seconds to wait.");
        }
        response.putObject("content").putObject(Problem.MEDIA_TYPE).set("schema", schemas.reference(Problem.class));
        return response;
    }

    private static void header(ObjectNode response, String name, String description) {
        response.withObjectProperty("headers").putObject(name).put("description", description)
                .putObject("schema").put("type", "string");
    }

    private ObjectNode webhook(Class<? extends Record> body) {
        ObjectNode item = NODES.objectNode();
        ObjectNode operation = item.putObject("post");
        operation.putObject("requestBody").put("required", true).putObject("content").putObject(Reply.JSON)
                .set("schema", schemas.reference(body));
        operation.putObject("responses").putObject("2XX").put("description", "Taken; it will not come again.");
        return item;
    }
}
