// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6: every edit, cut, swap and insertion, at every place of a record, is found and named. */
class AuditRecordTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int ENTRIES = 12;

    @TempDir
    private Path directory;

    private static AuditSigner signer(String id) {
        return new AuditSigner() {
            @Override
            public String keyId() {
                return id;
            }

            @Override
            public byte[] sign(String keyId, byte[] data) {
                return keyId.equals(id) ? sha(id, data) : null;
            }
        };
    }

    private static byte[] sha(String key, byte[] data) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(key.getBytes(StandardCharsets.UTF_8));
            return sha.digest(data);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static AuditEntry entry(int i) {
        return new AuditEntry(Instant.ofEpochMilli(1_000 + i), "test.kind-" + i, "C_" + i, "P_" + i,
                JSON.createObjectNode().put("n", i));
    }

    private static List<AuditRow> chain(int entries) {
        AuditChain chain = new AuditChain(signer("k"), 0, AuditChain.GENESIS);
        List<AuditRow> rows = new ArrayList<>();
        for (int i = 1; i <= entries; i++) {
            rows.add(chain.add(entry(i)));
        }
        return rows;
    }

    private static AuditHead.State head(List<AuditRow> rows) {
        AuditRow last = rows.getLast();
        return new AuditHead.State(new AuditHead.Mark(last.seq(), last.hash(), 0, AuditChain.GENESIS), false);
    }

    private static Optional<String> verify(List<AuditRow> rows, AuditHead.State head) {
        AuditVerifier verifier = new AuditVerifier(signer("k"), head);
        for (AuditRow row : rows) {
            Optional<String> problem = verifier.accept(row);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return verifier.finish();
    }

    private static void broken(List<AuditRow> rows, AuditHead.State head, long named) {
        String problem = verify(rows, head).orElseThrow(() -> new AssertionError("not found"));
        assertTrue(problem.contains("entry " + named), problem + " names entry " + named);
    }

    private static AuditRow with(AuditRow row, long seq, String body, String kind) {
        return new AuditRow(seq, row.atMs(), kind, row.consultation(), row.actor(), body, row.hash(), row.mac(),
                row.keyId());
    }

    @Test
    void shouldFindAWholeRecordWhole() {
        List<AuditRow> rows = chain(ENTRIES);
        assertEquals(Optional.empty(), verify(rows, head(rows)));
        // A crash between the database and the head leaves entries after it.
        assertEquals(Optional.empty(), verify(rows, head(rows.subList(0, ENTRIES - 2))));
        assertEquals(Optional.empty(), verify(List.of(), new AuditHead.State(AuditHead.Mark.EMPTY, false)));
    }

    @Test
    void c6ShouldNameTheFirstBrokenPlaceWhereverItIs() {
        List<AuditRow> rows = chain(ENTRIES);
        AuditHead.State head = head(rows);
        for (int i = 0; i < ENTRIES; i++) {
            AuditRow row = rows.get(i);
            long seq = row.seq();
            List<AuditRow> edited = new ArrayList<>(rows);
            edited.set(i, with(row, seq, row.body().replace("\"n\":", "\"m\":"), row.kind()));
            broken(edited, head, seq);
            edited.set(i, with(row, seq, row.body(), "other.kind"));
            broken(edited, head, seq);
            List<AuditRow> cut = new ArrayList<>(rows);
            cut.remove(i);
            broken(cut, head, seq);
            List<AuditRow> inserted = new ArrayList<>(rows);
            inserted.add(i, row);
            broken(inserted, head, i == 0 ? seq : seq);
        }
    }

    @Test
    void c6ShouldFindSwappedEntriesEvenWhenTheirNumbersAreSwappedToo() {
        List<AuditRow> rows = chain(ENTRIES);
        for (int i = 0; i + 1 < ENTRIES; i++) {
            List<AuditRow> swapped = new ArrayList<>(rows);
            swapped.set(i, with(rows.get(i + 1), i + 1, rows.get(i + 1).body(), rows.get(i + 1).kind()));
            swapped.set(i + 1, with(rows.get(i), i + 2, rows.get(i).body(), rows.get(i).kind()));
            broken(swapped, head(rows), i + 1);
        }
    }

    @Test
    void c6ShouldFindACutEndByTheHead() {
        List<AuditRow> rows = chain(ENTRIES);
        for (int left = 0; left < ENTRIES; left++) {
            broken(rows.subList(0, left), head(rows), left + 1);
        }
    }

    @Test
    void c6ShouldFindARecordThatSomebodyWithoutTheKeyWroteAnew() {
        List<AuditRow> rows = chain(ENTRIES);
        AuditChain forger = new AuditChain(signer("forged"), 0, AuditChain.GENESIS);
        List<AuditRow> forged = new ArrayList<>();
        for (int i = 1; i <= ENTRIES; i++) {
            AuditRow row = forger.add(entry(i));
            forged.add(new AuditRow(row.seq(), row.atMs(), row.kind(), row.consultation(), row.actor(), row.body(),
                    row.hash(), row.mac(), "k"));
        }
        broken(forged, head(rows), 1);
        // Appended after the head, where a crash would leave entries.
        AuditChain after = new AuditChain(signer("forged"), ENTRIES, rows.getLast().hash());
        List<AuditRow> longer = new ArrayList<>(rows);
        longer.add(after.add(entry(ENTRIES + 1)));
        broken(longer, head(rows), ENTRIES + 1);
    }

    @Test
    void shouldKeepTheHeadThroughATornWrite() throws Exception {
        Path file = directory.resolve("head");
        AuditHead.Mark first = new AuditHead.Mark(1, "1".repeat(64), 0, AuditChain.GENESIS);
        AuditHead.Mark second = new AuditHead.Mark(2, "2".repeat(64), 0, AuditChain.GENESIS);
        try (AuditHead head = AuditHead.create(file, signer("k"), AuditHead.Mark.EMPTY)) {
            head.write(first);
            head.write(second);
        }
        assertEquals(Optional.of(new AuditHead.State(second, false)), AuditHead.read(file, signer("k")));
        byte[] whole = Files.readAllBytes(file);
        for (int place = 0; place < 2; place++) {
            byte[] torn = whole.clone();
            java.util.Arrays.fill(torn, place * 4_096 + 30, place * 4_096 + 4_096, (byte) 0);
            Files.write(file, torn);
            AuditHead.State state = AuditHead.read(file, signer("k")).orElseThrow();
            assertTrue(state.torn());
            assertTrue(state.mark().equals(first) || state.mark().equals(second));
            // The next write goes over the torn place and keeps the good one.
            try (AuditHead head = AuditHead.open(file, signer("k"))) {
                head.write(new AuditHead.Mark(3, "3".repeat(64), 0, AuditChain.GENESIS));
                assertEquals(3, head.read().orElseThrow().mark().seq());
                assertEquals(false, head.read().orElseThrow().torn());
            }
        }
        assertEquals(Optional.empty(), AuditHead.read(file, signer("other")), "written with another key");
        assertEquals(Optional.empty(), AuditHead.read(directory.resolve("none"), signer("k")));
    }

    @Test
    void c6ShouldTakeATornHeadForACutWhenNoEntryFollows() {
        List<AuditRow> rows = chain(ENTRIES);
        AuditHead.Mark mark = head(rows.subList(0, 5)).mark();
        assertEquals(Optional.empty(), verify(rows.subList(0, 6), new AuditHead.State(mark, true)), "torn by a crash");
        assertTrue(verify(rows.subList(0, 5), new AuditHead.State(mark, true)).orElseThrow().contains("head"));
    }

    @Test
    void shouldWriteJsonInOneWay() throws Exception {
        ObjectNode one = (ObjectNode) JSON.readTree("{\"b\":[1,true,null],"
                + "\"a\":{\"y\":\"\\u0001\\\"\\\\\",\"x\":\"ế€😀\"}}");
        assertEquals("{\"a\":{\"x\":\"ế€😀\",\"y\":\"\\u0001\\\"\\\\\"},\"b\":[1,true,null]}", CanonicalJson.write(one));
        assertEquals(CanonicalJson.write(one), CanonicalJson.write(JSON.readTree(CanonicalJson.write(one))));
        assertEquals("{\"\\n\":-9223372036854775808}", CanonicalJson.write(
                JSON.createObjectNode().put("\n", Long.MIN_VALUE)));
        for (ObjectNode none : List.of(JSON.createObjectNode().put("a", 0.5),
                JSON.createObjectNode().put("a", new java.math.BigInteger("9223372036854775808")),
                JSON.createObjectNode().put("a", "\uD83D"), JSON.createObjectNode().put("a", "\uDE00x"))) {
            assertThrows(IllegalArgumentException.class, () -> CanonicalJson.write(none));
        }
    }

    @Test
    void shouldChainAsWritten() {
        AuditRow row = chain(1).getFirst();
        String body = "{\"actor\":\"P_1\",\"at\":1001,\"consultation\":\"C_1\",\"data\":{\"n\":1},"
                + "\"kind\":\"test.kind-1\",\"seq\":1}";
        assertEquals(body, row.body());
        byte[] zeros = new byte[32 + body.length()];
        System.arraycopy(body.getBytes(StandardCharsets.UTF_8), 0, zeros, 32, body.length());
        assertEquals(HexFormat.of().formatHex(sha("", zeros)), row.hash());
    }
}
