// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.rest.json.BodyReader.UnfitException;
import org.nhipcau.signaling.token.StrictJson;

class BodyReaderTest {
    enum Colour { RED, GREEN }

    record Inner(@Field("Name.") String name) {}

    record Body(
            @Field(value = "Text.", maxLength = 5) String text,
            @Field(value = "Number.", min = 1, max = 9) int number,
            @Field("Flag.") boolean flag,
            @Field("Moment.") Instant at,
            @Field("Day.") LocalDate day,
            @Field("Choice.") Colour colour,
            @Field(value = "List.", maxItems = 2) List<Inner> inner,
            @Field(value = "Optional.", optional = true) Long more,
            @Field(value = "Optional list.", optional = true, pattern = "[a-z]+") List<String> words) {}

    private static final String WHOLE = """
            {"text":"ệ","number":3,"flag":true,"at":"2026-11-22T15:00:00+07:00","day":"2026-11-22","colour":"RED",\
            "inner":[{"name":"x"}],"more":7,"words":["a"]}""";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<BodyProblem> problems(String text) {
        return assertThrows(UnfitException.class, () -> BodyReader.read(bytes(text), Body.class), text).problems();
    }

    @Test
    void shouldReadWhatItWrites() throws Exception {
        Body body = BodyReader.read(bytes(WHOLE), Body.class);
        assertEquals(Instant.parse("2026-11-22T08:00:00Z"), body.at());
        assertEquals(List.of(new Inner("x")), body.inner());
        assertEquals(7L, body.more());
        assertEquals(body, BodyReader.read(StrictJson.write(BodyWriter.write(body)), Body.class));
    }

    @Test
    void shouldLeaveOutWhatIsOptional() throws Exception {
        Body body = BodyReader.read(bytes(WHOLE.replace(",\"more\":7,\"words\":[\"a\"]", "")), Body.class);
        assertNull(body.more());
        assertEquals(List.of(), body.words());
        assertFalse(BodyWriter.write(body).has("more"));
    }

    @Test
    void shouldRefuseEachMemberThatDoesNotFit() {
        String[][] wrong = {
            {"\"text\":\"ệ\"", "\"text\":\"\"", "/text"}, {"\"text\":\"ệ\"", "\"text\":\"123456\"", "/text"},
            {"\"text\":\"ệ\"", "\"text\":\"a\\nb\"", "/text"}, {"\"text\":\"ệ\"", "\"text\":\"a\\u202eb\"", "/text"},
            {"\"text\":\"ệ\"", "\"text\":\"\\ud800\"", "/text"}, {"\"text\":\"ệ\"", "\"text\":5", "/text"},
            {"\"number\":3", "\"number\":0", "/number"}, {"\"number\":3", "\"number\":10", "/number"},
            {"\"number\":3", "\"number\":\"3\"", "/number"}, {"\"number\":3", "\"number\":3.0", "/number"},
            {"\"number\":3", "\"number\":99999999999999999999", "/number"}, {"\"number\":3", "\"number\":null",
                "/number"},
            {"\"flag\":true", "\"flag\":\"true\"", "/flag"}, {"\"flag\":true", "\"flag\":1", "/flag"},
            {"2026-11-22T15:00:00+07:00", "2026-11-22T15:00:00", "/at"},
            {"2026-11-22T15:00:00+07:00", "1026-11-22T15:00:00Z", "/at"},
            {"\"day\":\"2026-11-22\"", "\"day\":\"2026-02-30\"", "/day"},
            {"\"RED\"", "\"red\"", "/colour"}, {"\"RED\"", "0", "/colour"},
            {"[{\"name\":\"x\"}]", "[{\"name\":\"x\"},{\"name\":\"x\"},{\"name\":\"x\"}]", "/inner"},
            {"[{\"name\":\"x\"}]", "[{}]", "/inner/0/name"}, {"[{\"name\":\"x\"}]", "{}", "/inner"},
            {"\"words\":[\"a\"]", "\"words\":[\"A\"]", "/words/0"}, {"\"more\":7", "\"other\":7", ""},
        };
        for (String[] each : wrong) {
            assertTrue(WHOLE.contains(each[0]), each[0]);
            List<BodyProblem> problems = problems(WHOLE.replace(each[0], each[1]));
            assertEquals(List.of(each[2]), problems.stream().map(BodyProblem::pointer).toList(), each[1]);
        }
    }

    @Test
    void shouldTellAllThatIsWrongAtOnceAndQuoteNothing() {
        List<BodyProblem> problems = problems("{\"Nguyen Van A\":1,\"text\":\"Nguyen Van A\"}");
        assertEquals(8, problems.size());
        assertFalse(problems.toString().contains("Nguyen"));
    }

    @Test
    void shouldRefuseWhatIsNoObject() {
        for (String text : List.of("", "[]", "1", "null", "{", "{} {}", "{\"text\":\"a\",\"text\":\"b\"}")) {
            problems(text);
        }
    }

    @Test
    void shouldTakeNewMembersOfAnswersOnly() throws Exception {
        String more = WHOLE.replace("{\"text\"", "{\"new\":1,\"text\"");
        assertEquals("ệ", BodyReader.readTolerantly(bytes(more), Body.class).text());
        problems(more);
    }
}
