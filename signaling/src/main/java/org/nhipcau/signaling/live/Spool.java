// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that keeps what the store cannot take, so that a crash during an outage loses nothing: whole or not at all,
 * and forced to the disk. While the disk is full too, the process alone remembers. Pseudonyms only.
 *
 * <p>Thread: any; blocks. Owns: the file.
 */
final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final JsonMapper JSON = JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();
    private static final Map<String, Class<?>> COMMANDS = commands();

    private final Path file;
    private List<Unrecorded> unrecorded = List.of();
    private boolean failing;

    private Spool(Path file) {
        this.file = file;
    }

    /**
     * Opens the file, made when there is something to keep.
     *
     * @throws IOException when it is there and cannot be read: an operator must look at it
     */
    static Spool open(Path file) throws IOException {
        Spool spool = new Spool(file);
        if (Files.exists(file)) {
            try {
                spool.read(JSON.readTree(Files.readAllBytes(file)));
            } catch (IOException | RuntimeException bad) {
                throw new IOException("the file " + file.getFileName() + " in the data directory cannot be read", bad);
            }
        }
        return spool;
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> byName = new HashMap<>();
        for (Class<?> type : ConsultationCommand.class.getPermittedSubclasses()) {
            byName.put(type.getSimpleName(), type);
        }
        return Map.copyOf(byName);
    }

    private void read(JsonNode root) throws JsonProcessingException {
        List<Unrecorded> readCommands = new ArrayList<>();
        for (JsonNode each : root.path("commands")) {
            JsonNode actor = each.path("actor");
            readCommands.add(new Unrecorded(each.path("consultation").textValue(),
                    (ConsultationCommand) JSON.treeToValue(each.path("command"),
                            COMMANDS.get(each.path("type").textValue())),
                    new Actor(Actor.Kind.valueOf(actor.path("kind").textValue()), actor.path("id").textValue(),
                            actor.path("facility").textValue()),
                    Instant.ofEpochMilli(each.path("atMs").longValue())));
        }
        unrecorded = readCommands;
    }

    synchronized List<Unrecorded> unrecorded() {
        return unrecorded;
    }

    synchronized void keepUnrecorded(List<Unrecorded> next) {
        if (!next.equals(unrecorded) || failing) {
            unrecorded = List.copyOf(next);
            write();
        }
    }

    private void write() {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode commands = root.putArray("commands");
        for (Unrecorded each : unrecorded) {
            ObjectNode one = commands.addObject().put("consultation", each.consultation())
                    .put("type", each.command().getClass().getSimpleName()).put("atMs", each.at().toEpochMilli());
            one.set("command", JSON.valueToTree(each.command()));
            one.putObject("actor").put("kind", each.actor().kind().name()).put("id", each.actor().id())
                    .put("facility", each.actor().facility());
        }
        try {
            replace(JSON.writeValueAsBytes(root));
            failing = false;
        } catch (IOException full) {
            if (!failing) {
                LOG.error("what the store cannot take cannot be spooled either: {}", full.getClass().getSimpleName());
            }
            failing = true;
        }
    }

    private void replace(byte[] bytes) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(fresh);
        }
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
