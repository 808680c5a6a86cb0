// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.RouteTable.Match;

class RouteTableTest {
    private static Route get(String path) {
        return Route.get(path, Scope.STAFF_READ, "Test.").answersNothing("Nothing.").by(call -> Reply.none());
    }

    private final RouteTable table = new RouteTable(List.of(get("/things"), get("/things/{id}"), get("/things/all"),
            get("/things/{id}/parts/{part}"),
            Route.post("/things/{id}", Scope.STAFF_WRITE, "Test.").answersNothing("Nothing.")
                    .by(call -> Reply.none())));

    private Map<String, String> parameters(String path, String expected) {
        Match.Found found = assertInstanceOf(Match.Found.class, table.match("GET", path), path);
        assertEquals(expected, found.route().path());
        return found.parameters();
    }

    @Test
    void shouldFindTheRoute() {
        assertEquals(Map.of(), parameters("/api/v1/things", "/things"));
        assertEquals(Map.of("id", "C_1"), parameters("/api/v1/things/C_1", "/things/{id}"));
        assertEquals(Map.of(), parameters("/api/v1/things/all", "/things/all"));
        assertEquals(Map.of("id", "a.b", "part", "c"), parameters("/api/v1/things/a.b/parts/c",
                "/things/{id}/parts/{part}"));
        assertInstanceOf(Match.Found.class, table.match("HEAD", "/api/v1/things"));
    }

    @Test
    void shouldTellAnotherMethodFromNothing() {
        assertEquals("GET, HEAD, POST", assertInstanceOf(Match.OtherMethod.class,
                table.match("PATCH", "/api/v1/things/1")).methods());
        for (String path : List.of("/api/v1/", "/api/v1/thing", "/api/v1/things/", "/api/v1//things",
                "/api/v1/things/a%2Fb", "/api/v1/things/a/parts", "/api/v1/things/..", "/api/v1/things/.a",
                "/api/v1/things/" + "a".repeat(65), "/api/v1/things/ệ")) {
            assertInstanceOf(Match.Nothing.class, table.match("GET", path), path);
        }
    }

    @Test
    void shouldRefuseTwoRoutesOfOnePathAndUnfinishedOnes() {
        assertThrows(IllegalArgumentException.class, () -> new RouteTable(List.of(get("/a/{x}"), get("/a/{y}"))));
        assertThrows(IllegalArgumentException.class, () -> new RouteTable(List.of(
                Route.get("/a", Scope.STAFF_READ, "Test."))));
    }

    @Property(tries = 500)
    void cursorsShouldComeBackWithTheirQueryAlone(@ForAll @StringLength(max = 40) String query,
            @ForAll @StringLength(max = 40) String position) {
        // A lone surrogate is no text that a position can hold.
        if (query.chars().anyMatch(c -> Character.isSurrogate((char) c))
                || position.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
            return;
        }
        String cursor = Cursor.of(query, position);
        assertEquals(position, Cursor.position(query, cursor));
        assertThrows(ProblemException.class, () -> Cursor.position(query + "x", cursor));
    }

    @Property(tries = 500)
    void strangersCursorsShouldBeRefused(@ForAll @StringLength(max = 60) String text) {
        assertThrows(ProblemException.class, () -> Cursor.position("query", text));
    }
}
