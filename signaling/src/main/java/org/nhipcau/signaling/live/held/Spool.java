// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live.held;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps numbered orders on the disk, so that a crash loses none that was answered: one file of those that wait, one of
 * those that were put aside. Pseudonyms only.
 *
 * <pre>
 *   {"n":7,"consultation":…,"type":…,"atMs":…,"command":{…},"actor":{…}}     an order
 *   {"done":7}                                                               waits no more
 * </pre>
 *
 * <p>While the disk is full too, the process alone remembers; all of it is written when the disk takes it again.
 *
 * <p>Thread: one at a time; blocks. Owns: the two files.
 */
final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final JsonMapper JSON = JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();
    private static final Map<String, Class<?>> COMMANDS = commands();
    /** So much in the file may be of orders that wait no more, beside as much as of those that do. */
    static final int SLACK_BYTES = 65_536;

    private record Kept(Unrecorded order, String json) {}

    private final RecordFile file;
    private final RecordFile aside;
    private final NavigableMap<Long, Kept> waiting = new TreeMap<>();
    private final NavigableMap<Long, Kept> putAside = new TreeMap<>();
    private long aliveBytes;
    private boolean failing;

    private Spool(RecordFile file, RecordFile aside) {
        this.file = file;
        this.aside = aside;
    }

    /**
     * Opens the files. What an earlier process put aside waits again: this one may know better.
     *
     * @throws IOException when one is there and cannot be read: an operator must look at it
     */
    static Spool open(Path file) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".aside");
        Spool spool = new Spool(RecordFile.open(file), RecordFile.open(beside));
        try {
            for (String record : spool.file.found()) {
                spool.read(JSON.readTree(record));
            }
            for (String record : spool.aside.found()) {
                spool.read(JSON.readTree(record));
            }
        } catch (IOException | RuntimeException bad) {
            throw new IOException("an order in the file " + file.getFileName() + " or " + beside.getFileName()
                    + " in the data directory cannot be read", bad);
        }
        int cutBytes = spool.file.cutBytes() + spool.aside.cutBytes();
        if (cutBytes > 0) {
            LOG.warn("an order that was being kept during a crash, and was not answered, is gone: {} bytes", cutBytes);
        }
        if (!spool.aside.found().isEmpty()) {
            spool.write(spool::writeAll);
        }
        spool.takeOver(file.resolveSibling(file.getFileName() + ".json"));
        return spool;
    }

    /** What a version before this one kept, in one document that was written anew with each order. */
    private void takeOver(Path older) throws IOException {
        if (!Files.exists(older)) {
            return;
        }
        try {
            // What is there already was taken over before a crash that left the older file.
            Set<Unrecorded> there = waiting.values().stream().map(Kept::order).collect(Collectors.toSet());
            for (JsonNode record : JSON.readTree(Files.readAllBytes(older)).get("commands")) {
                Unrecorded order = order(record);
                if (!there.contains(order)) {
                    remember(waiting.isEmpty() ? 1 : waiting.lastKey() + 1, order);
                }
            }
            writeAll();
            Files.delete(older);
        } catch (IOException | RuntimeException bad) {
            throw new IOException("the file " + older.getFileName() + " in the data directory cannot be taken over",
                    bad);
        }
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> byName = new HashMap<>();
        for (Class<?> type : ConsultationCommand.class.getPermittedSubclasses()) {
            byName.put(type.getSimpleName(), type);
        }
        return Map.copyOf(byName);
    }

    private void read(JsonNode record) throws JsonProcessingException {
        if (record.has("done")) {
            forget(record.get("done").longValue());
            return;
        }
        remember(record.get("n").longValue(), order(record));
    }

    private static Unrecorded order(JsonNode record) throws JsonProcessingException {
        JsonNode actor = record.get("actor");
        return new Unrecorded(record.get("consultation").textValue(),
                (ConsultationCommand) JSON.treeToValue(record.get("command"),
                        COMMANDS.get(record.get("type").textValue())),
                new Actor(Actor.Kind.valueOf(actor.get("kind").textValue()), actor.get("id").textValue(),
                        actor.get("facility").textValue()),
                Instant.ofEpochMilli(record.get("atMs").longValue()));
    }

    private static String json(long number, Unrecorded order) {
        ObjectNode one = JSON.createObjectNode().put("n", number).put("consultation", order.consultation())
                .put("type", order.command().getClass().getSimpleName()).put("atMs", order.at().toEpochMilli());
        one.set("command", JSON.valueToTree(order.command()));
        one.putObject("actor").put("kind", order.actor().kind().name()).put("id", order.actor().id())
                .put("facility", order.actor().facility());
        return one.toString();
    }

    private Kept remember(long number, Unrecorded order) {
        Kept kept = new Kept(order, json(number, order));
        forget(number);
        waiting.put(number, kept);
        aliveBytes += kept.json().length();
        return kept;
    }

    private void forget(long number) {
        Kept kept = waiting.remove(number);
        aliveBytes -= kept == null ? 0 : kept.json().length();
    }

    /** What was there when it was opened and is not done, by number. */
    NavigableMap<Long, Unrecorded> orders() {
        NavigableMap<Long, Unrecorded> orders = new TreeMap<>();
        waiting.forEach((number, kept) -> orders.put(number, kept.order()));
        return orders;
    }

    /** What those that wait take. */
    long aliveBytes() {
        return aliveBytes;
    }

    /** Whether the disk does not take what is to be kept. */
    boolean failing() {
        return failing;
    }

    void add(long number, Unrecorded order) {
        Kept kept = remember(number, order);
        write(() -> file.append(kept.json()));
    }

    /** It is on record, or needs no record any more. */
    void remove(long number) {
        if (putAside.remove(number) != null) {
            write(this::writeAside);
        } else {
            forget(number);
            write(() -> done(number));
        }
    }

    /** It stays on the disk, in a file of its own. */
    void putAside(long number) {
        Kept kept = waiting.get(number);
        if (kept != null) {
            putAside.put(number, kept);
            forget(number);
            write(() -> {
                aside.append(kept.json());
                done(number);
            });
        }
    }

    private void done(long number) throws IOException {
        if (waiting.isEmpty() || file.lengthBytes() > 2 * aliveBytes + SLACK_BYTES) {
            file.rewrite(waiting.values().stream().map(Kept::json).toList());
        } else {
            file.append("{\"done\":" + number + "}");
        }
    }

    private void writeAside() throws IOException {
        aside.rewrite(putAside.values().stream().map(Kept::json).toList());
    }

    /** In this order: an order is rather in both files than in none. */
    private void writeAll() throws IOException {
        file.rewrite(waiting.values().stream().map(Kept::json).toList());
        writeAside();
    }

    /** Writes what the disk did not take, if it takes it now. */
    void heal() {
        if (failing) {
            write(this::writeAll);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void write(Step step) {
        try {
            if (failing) {
                writeAll();
            } else {
                step.run();
            }
            failing = false;
        } catch (IOException full) {
            if (!failing) {
                LOG.error("what the store cannot take cannot be spooled either: {}", full.getClass().getSimpleName());
            }
            failing = true;
        }
    }
}
