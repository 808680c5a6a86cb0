// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** All routes, and which of them a request means. Thread: any; immutable. */
public final class RouteTable {
    /** The path before every route's own. */
    public static final String PREFIX = "/api/v1";

    /** What a parameter of a path may be. */
    public static final String PARAMETER_PATTERN = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}";

    private static final Pattern PARAMETER = Pattern.compile(PARAMETER_PATTERN);

    private final List<Entry> entries = new ArrayList<>();
    private final List<Route> routes;

    private record Entry(Route route, String[] segments) {}

    /** What a request means. */
    public sealed interface Match {
        /** This route, with the parameters of its path. */
        record Found(Route route, Map<String, String> parameters) implements Match {}

        /**
         * The path is one of ours, the method is not.
         *
         * @param methods those that are, as the Allow header has them
         */
        record OtherMethod(String methods) implements Match {}

        /** No route has this path. */
        record Nothing() implements Match {}
    }

    public RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        TreeSet<String> seen = new TreeSet<>();
        for (Route route : routes) {
            if (!seen.add(route.method() + ' ' + route.path().replaceAll("\\{[^}]*}", "{}"))) {
                throw new IllegalArgumentException("two routes are " + route.method() + ' ' + route.path());
            }
            if (route.handler() == null || route.answers().isEmpty()) {
                throw new IllegalArgumentException(route.method() + ' ' + route.path() + " is not finished");
            }
            entries.add(new Entry(route, route.path().substring(1).split("/")));
        }
    }

    /** All routes, in the order they were given. */
    public List<Route> routes() {
        return routes;
    }

    /**
     * Finds a request's route. A fixed segment is preferred to a parameter.
     *
     * @param path as sent, with the prefix
     */
    public Match match(String method, String path) {
        String[] segments = path.substring(PREFIX.length()).split("/", -1);
        Entry best = null;
        TreeSet<String> others = new TreeSet<>();
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (Entry entry : entries) {
            if (!fits(entry.segments, segments)) {
                continue;
            }
            if (!entry.route.method().equals(wanted)) {
                others.add(entry.route.method());
                if (entry.route.method().equals("GET")) {
                    others.add("HEAD");
                }
            } else if (best == null || fixed(entry.segments) > fixed(best.segments)) {
                best = entry;
            }
        }
        if (best != null) {
            return new Match.Found(best.route, parameters(best.segments, segments));
        }
        return others.isEmpty() ? new Match.Nothing() : new Match.OtherMethod(String.join(", ", others));
    }

    // The path's first segment is empty: it begins with a slash.
    private static boolean fits(String[] template, String[] segments) {
        if (segments.length != template.length + 1 || !segments[0].isEmpty()) {
            return false;
        }
        for (int i = 0; i < template.length; i++) {
            boolean fits = template[i].startsWith("{") ? PARAMETER.matcher(segments[i + 1]).matches()
                    : template[i].equals(segments[i + 1]);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static int fixed(String[] template) {
        int count = 0;
        for (String segment : template) {
            count += segment.startsWith("{") ? 0 : 1;
        }
        return count;
    }

    private static Map<String, String> parameters(String[] template, String[] segments) {
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < template.length; i++) {
            if (template[i].startsWith("{")) {
                parameters.put(template[i].substring(1, template[i].length() - 1), segments[i + 1]);
            }
        }
        return parameters;
    }
}
