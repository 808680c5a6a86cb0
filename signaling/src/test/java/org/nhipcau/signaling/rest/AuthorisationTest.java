// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.rest.RestStory.Sample;
import org.nhipcau.signaling.rest.key.OperatorTokens;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Route;
import org.nhipcau.signaling.rest.route.RouteTable;
import org.nhipcau.signaling.token.Grants;

/** Who may do what: every route against every scope, and what no scope but one shows. */
class AuthorisationTest {
    private static final List<String> NAMES = List.of("Nguyễn Văn An", "Lê Thị Hoa", "Trần Thị Bình",
            "Phạm Văn Cường", "0900000000", "0911111111", "NV-7", "BN-3");

    @TempDir
    Path directory;

    private RestFixture rest;
    private RestStory story;

    @BeforeEach
    void open() throws Exception {
        rest = new RestFixture(directory, 1_000_000);
        story = new RestStory(rest, (method, path, answer) -> { });
    }

    @AfterEach
    void close() throws Exception {
        rest.close();
    }

    private Route route(Sample sample) {
        return ((RouteTable.Match.Found) new RouteTable(rest.api.routes()).match(sample.method(),
                RouteTable.PREFIX + sample.path().split("\\?")[0])).route();
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void c6_everyRouteShouldNeedItsOwnScopeAndNoOther() throws Exception {
        story.run();
        Map<Scope, String> keys = new EnumMap<>(Scope.class);
        for (Scope scope : Scope.values()) {
            keys.put(scope, rest.key(EnumSet.of(scope)));
        }
        Set<Scope> used = EnumSet.noneOf(Scope.class);
        for (Sample sample : new ArrayList<>(story.samples.values())) {
            Route route = route(sample);
            if (route.scope() == null) {
                continue;
            }
            used.add(route.scope());
            for (Scope scope : Scope.values()) {
                HttpResponse<byte[]> answer = rest.send(sample.method(), sample.path(), keys.get(scope), sample.body(),
                        route.condition() == Route.Condition.REQUIRED ? new String[] {"If-Match", "\"v999999\""}
                                : new String[0]);
                String cell = route.method() + ' ' + route.path() + " with " + scope.wireName();
                boolean refused = answer.statusCode() == 403 && text(answer).contains("it needs the scope "
                        + route.scope().wireName());
                assertEquals(scope != route.scope(), refused, cell + ": " + answer.statusCode() + ' ' + text(answer));
                assertNotEquals(401, answer.statusCode(), cell);
            }
        }
        // The recorder's scope is for a role on top of a route's own, which it also has.
        assertEquals(EnumSet.allOf(Scope.class), used);
    }

    @Test
    void c2_namesShouldComeOutWithTheirOwnScopeAlone() throws Exception {
        List<String> shown = new ArrayList<>();
        RestStory listened = new RestStory(rest, (method, path, answer) -> {
            for (String name : NAMES) {
                boolean apart = path.startsWith("/pseudonyms/") || path.contains("names=true");
                if (!apart && text(answer).contains(name)) {
                    shown.add(method + ' ' + path);
                }
            }
        });
        listened.run();
        assertEquals(List.of(), shown);
        String without = rest.key(EnumSet.complementOf(EnumSet.of(Scope.PSEUDONYMS_READ)));
        String export = "/consultations/" + listened.consultation + "/export";
        assertEquals(403, rest.send("GET", export + "?names=true", without, null).statusCode());
        HttpResponse<byte[]> pseudonymous = rest.send("GET", export, without, null);
        assertEquals(200, pseudonymous.statusCode());
        NAMES.forEach(name -> assertFalse(text(pseudonymous).contains(name), name));
        assertTrue(text(rest.send("GET", export + "?names=true", rest.allKey(), null)).contains("Nguyễn Văn An"));
    }

    @Test
    void aKeyOfOneFacilityShouldSeeAndTouchNothingOfOthers() throws Exception {
        story.run();
        String other = rest.key(EnumSet.allOf(Scope.class), "BV77");
        for (Sample sample : new ArrayList<>(story.samples.values())) {
            Route route = route(sample);
            if (!route.path().contains("{") || route.path().startsWith("/facilities")
                    || route.path().startsWith("/api-keys")) {
                continue;
            }
            HttpResponse<byte[]> answer = rest.send(sample.method(), sample.path(), other, sample.body(),
                    route.condition() == Route.Condition.REQUIRED ? new String[] {"If-Match", "*"} : new String[0]);
            assertEquals(404, answer.statusCode(), route.method() + ' ' + route.path() + ' ' + text(answer));
        }
        for (String list : List.of("/consultations", "/staff", "/api-keys")) {
            HttpResponse<byte[]> answer = rest.send("GET", list, other, null);
            assertEquals(200, answer.statusCode());
            assertFalse(text(answer).contains("C_") || text(answer).contains("P_"), list + ' ' + text(answer));
        }
        assertEquals(403, rest.send("GET", "/audit", other, null).statusCode());
        assertEquals(403, rest.send("PUT", "/facilities/BV01", other, """
                {"name":"X","level":"CENTRAL","province":"01","active":false}""", "If-Match", "*").statusCode());
        String mine = rest.key(EnumSet.allOf(Scope.class), "TYT9");
        assertEquals(200, rest.send("GET", "/consultations/" + story.consultation, mine, null).statusCode());
        assertTrue(text(rest.send("GET", "/consultations", mine, null)).contains(story.consultation));
    }

    @Test
    void whoIsMerelyInvitedShouldActForItsOwnPeopleAlone() throws Exception {
        story.run();
        String invited = rest.key(EnumSet.allOf(Scope.class), "TYT9");
        String responsible = rest.key(EnumSet.allOf(Scope.class), "BV01");
        String tokens = "/consultations/" + story.consultation + "/tokens";
        String forChair = "{\"pseudonym\":\"" + story.chair + "\"}";
        String forPatient = "{\"pseudonym\":\"" + story.patient + "\"}";
        assertEquals(403, rest.send("POST", tokens, invited, forChair).statusCode());
        assertEquals(403, rest.send("POST", tokens, invited, "{\"pseudonym\":\"" + story.patient
                + "\",\"caregiver\":\"" + story.chair + "\"}").statusCode());
        int ended = rest.send("POST", tokens, responsible, forChair).statusCode();
        assertNotEquals(403, ended);
        assertEquals(ended, rest.send("POST", tokens, invited, forPatient).statusCode());
        String names = "/consultations/" + story.consultation + "/export?names=true";
        assertTrue(text(rest.send("GET", names, responsible, null)).contains("Nguyễn Văn An"));
        HttpResponse<byte[]> partly = rest.send("GET", names, invited, null);
        assertEquals(200, partly.statusCode());
        assertFalse(text(partly).contains("Nguyễn Văn An"));
    }

    @Test
    void anEndingKeyShouldMakeNoKeyThatLastsLonger() throws Exception {
        Instant end = rest.now.get().plus(Duration.ofHours(1));
        String key = rest.keys.issue("ends", EnumSet.of(Scope.KEYS_MANAGE), "", end, "test").text();
        for (String later : List.of("", ",\"expiresAt\":\"" + end.plusSeconds(1) + "\"")) {
            assertEquals(403, rest.send("POST", "/api-keys", key,
                    "{\"label\":\"a\",\"scopes\":[\"keys:manage\"]" + later + "}").statusCode(), later);
        }
        assertEquals(201, rest.send("POST", "/api-keys", key, "{\"label\":\"a\",\"scopes\":[\"keys:manage\"],"
                + "\"expiresAt\":\"" + end + "\"}").statusCode());
    }

    @Test
    void aKeyShouldMakeNoKeyThatMayMore() throws Exception {
        String key = rest.key(EnumSet.of(Scope.KEYS_MANAGE, Scope.STAFF_READ), "BV01");
        assertEquals(201, rest.send("POST", "/api-keys", key, """
                {"label":"a","scopes":["staff:read"],"facility":"BV01"}""").statusCode());
        for (String more : List.of("{\"label\":\"a\",\"scopes\":[\"staff:read\"]}",
                "{\"label\":\"a\",\"scopes\":[\"staff:read\"],\"facility\":\"BV02\"}",
                "{\"label\":\"a\",\"scopes\":[\"staff:write\"],\"facility\":\"BV01\"}")) {
            assertEquals(403, rest.send("POST", "/api-keys", key, more).statusCode(), more);
        }
    }

    @Test
    void shouldRefuseCredentialsThatAreNotWhole() throws Exception {
        String key = rest.key(EnumSet.of(Scope.FACILITIES_READ));
        assertEquals(200, rest.send("GET", "/facilities", key, null).statusCode());
        String id = key.split("_")[1];
        List<String> wrong = List.of("", "x", key.substring(0, key.length() - 1), key + "A",
                "nck_" + id + "_" + "A".repeat(43), "nck_111111111111_" + key.substring(17), key.toUpperCase(),
                rest.issuer.mint(new Grants("testkey", "", "", "", Map.of(), "", 0, 0, "", "", "",
                        Grants.Video.NONE), 60),
                OperatorTokens.mint(rest.issuer, "testkey", EnumSet.of(Scope.FACILITIES_READ), 901));
        for (String credential : wrong) {
            assertEquals(401, rest.send("GET", "/facilities", credential, null).statusCode(), credential);
        }
        assertEquals(200, rest.send("GET", "/facilities", OperatorTokens.mint(rest.issuer, "testkey",
                EnumSet.of(Scope.FACILITIES_READ), 900), null).statusCode());
        rest.keys.revoke(id, "test");
        assertEquals(401, rest.send("GET", "/facilities", key, null).statusCode());
        String ending = rest.keys.issue("ends", EnumSet.of(Scope.FACILITIES_READ), "",
                rest.now.get().plus(Duration.ofHours(1)), "test").text();
        assertEquals(200, rest.send("GET", "/facilities", ending, null).statusCode());
        rest.now.set(rest.now.get().plus(Duration.ofHours(1)));
        assertEquals(401, rest.send("GET", "/facilities", ending, null).statusCode());
    }
}
