// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.nhipcau.signaling.live.held.RecordFile;
import org.nhipcau.signaling.room.Latches.Mark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers on the disk whose pictures wait for a release, so that a restart opens none. Beside the store, because it
 * may be away; by pseudonym.
 *
 * <pre>
 *   {"consultation":"C_…","publisher":"P_…","violations":1,"latched":true}     0 and false: released
 * </pre>
 *
 * <p>Thread: any; {@link #write} blocks, the rest does not. Owns: the file.
 */
final class LatchBook {
    private static final Logger LOG = LoggerFactory.getLogger(LatchBook.class);
    private static final JsonMapper JSON = new JsonMapper();
    /** So much in the file may be out of date, beside as much as is not. */
    private static final int SLACK_BYTES = 65_536;
    private static final int RECORD_BYTES = 100;

    private final ReentrantLock disk = new ReentrantLock();
    private final RecordFile file;
    /** By consultation and publisher. */
    private final Map<String, Map<String, Mark>> marks = new HashMap<>();
    private final List<String> unwritten = new ArrayList<>();
    private volatile boolean failing;

    private LatchBook(RecordFile file) {
        this.file = file;
    }

    /**
     * Opens the file.
     *
     * @throws IOException when it is there and cannot be read: nobody knows then who is to stay shut
     */
    static LatchBook open(Path path) throws IOException {
        LatchBook book = new LatchBook(RecordFile.open(path));
        try {
            for (String record : book.file.found()) {
                JsonNode said = JSON.readTree(record);
                book.set(said.get("consultation").textValue(), said.get("publisher").textValue(),
                        new Mark(said.get("violations").intValue(), said.get("latched").booleanValue()));
            }
        } catch (IOException | RuntimeException bad) {
            throw new IOException("a line in the file " + path.getFileName() + " in the data directory cannot be read",
                    bad);
        }
        if (book.file.cutBytes() > 0) {
            LOG.warn("a picture was cut or released in the moment of a crash, and the last of it is gone: {} bytes",
                    book.file.cutBytes());
        }
        return book;
    }

    private void set(String consultation, String publisher, Mark mark) {
        Map<String, Mark> all = marks.computeIfAbsent(consultation, key -> new HashMap<>());
        if (mark.violations() == 0 && !mark.latched()) {
            all.remove(publisher);
        } else {
            all.put(publisher, mark);
        }
        if (all.isEmpty()) {
            marks.remove(consultation);
        }
    }

    private static String record(String consultation, String publisher, Mark mark) {
        return JSON.createObjectNode().put("consultation", consultation).put("publisher", publisher)
                .put("violations", mark.violations()).put("latched", mark.latched()).toString();
    }

    /** What is remembered of one consultation. */
    Map<String, Mark> of(String consultation) {
        synchronized (marks) {
            return Map.copyOf(marks.getOrDefault(consultation, Map.of()));
        }
    }

    /** The consultations of which something is remembered. */
    List<String> consultations() {
        synchronized (marks) {
            return List.copyOf(marks.keySet());
        }
    }

    /** Remembers; on the disk with the next {@link #write}. @param mark null: there is nothing to remember any more */
    void put(String consultation, String publisher, Mark mark) {
        Mark next = mark == null ? new Mark(0, false) : mark;
        synchronized (marks) {
            set(consultation, publisher, next);
            unwritten.add(record(consultation, publisher, next));
        }
    }

    /** It is over: nobody sends in it any more. */
    void forget(String consultation) {
        of(consultation).keySet().forEach(publisher -> put(consultation, publisher, null));
    }

    /** Whether the disk takes what is to be remembered. */
    boolean sound() {
        return !failing;
    }

    /** Writes what is not on the disk yet. */
    void write() {
        disk.lock();
        try {
            writeNow();
            failing = false;
        } catch (IOException full) {
            if (!failing) {
                LOG.error("who waits for a release cannot be written down: {}", full.getClass().getSimpleName());
            }
            failing = true;
        } finally {
            disk.unlock();
        }
    }

    private void writeNow() throws IOException {
        List<String> next;
        List<String> all = new ArrayList<>();
        synchronized (marks) {
            next = List.copyOf(unwritten);
            unwritten.clear();
            marks.forEach((consultation, people) -> people.forEach((publisher, mark) ->
                    all.add(record(consultation, publisher, mark))));
        }
        boolean outOfDate = file.lengthBytes() > 2L * RECORD_BYTES * all.size() + SLACK_BYTES;
        if (failing || !next.isEmpty() && (all.isEmpty() || outOfDate)) {
            file.rewrite(all);
        } else {
            for (String record : next) {
                file.append(record);
            }
        }
    }
}
