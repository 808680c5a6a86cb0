// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Set;
import java.util.regex.Pattern;
import org.nhipcau.signaling.token.StrictJson;

/**
 * Writes log lines that cannot forge other lines and hold no addresses of libraries: control characters are replaced,
 * messages of foreign exceptions (they name hosts and quote input) are left out, and what libraries log is masked.
 *
 * <p>logback's own encoders would print both. Thread: the appender's lock.
 */
final class LogEncoder extends EncoderBase<ILoggingEvent> {
    private static final String OURS = "org.nhipcau.";
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    private static final int MAX_FRAMES = 40;
    private static final Pattern ADDRESS = Pattern.compile(
            "\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b|(?<![\\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}");

    /** Exceptions of the platform whose messages are made of types and numbers alone. */
    private static final Set<String> TELLING = Set.of("java.lang.NullPointerException",
            "java.lang.IndexOutOfBoundsException", "java.lang.ArrayIndexOutOfBoundsException",
            "java.lang.ClassCastException", "java.lang.ArithmeticException", "java.lang.AssertionError",
            "java.lang.OutOfMemoryError", "java.lang.NoClassDefFoundError", "java.lang.ClassNotFoundException");

    private final boolean json;

    LogEncoder(boolean json) {
        this.json = json;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return json ? asJson(event) : asText(event).getBytes(StandardCharsets.UTF_8);
    }

    private static String asText(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160)
                .append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
                .append(' ').append(event.getLevel())
                .append(" [").append(neutral(event.getThreadName())).append("] ")
                .append(shortName(event.getLoggerName())).append(": ")
                .append(message(event)).append('\n');
        for (IThrowableProxy error = event.getThrowableProxy(); error != null; error = error.getCause()) {
            line.append("  ").append(describe(error)).append('\n');
            StackTraceElementProxy[] frames = error.getStackTraceElementProxyArray();
            for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
                line.append("    ").append(frames[i].getSTEAsString()).append('\n');
            }
        }
        return line.toString();
    }

    private static byte[] asJson(ILoggingEvent event) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
        line.put("level", event.getLevel().toString());
        line.put("thread", neutral(event.getThreadName()));
        line.put("logger", event.getLoggerName());
        line.put("message", message(event));
        if (event.getThrowableProxy() != null) {
            ArrayNode errors = line.putArray("errors");
            for (IThrowableProxy error = event.getThrowableProxy(); error != null; error = error.getCause()) {
                ObjectNode node = errors.addObject().put("error", describe(error));
                ArrayNode stack = node.putArray("stack");
                StackTraceElementProxy[] frames = error.getStackTraceElementProxyArray();
                for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
                    stack.add(frames[i].getStackTraceElement().toString());
                }
            }
        }
        byte[] bytes = StrictJson.write(line);
        byte[] terminated = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        terminated[bytes.length] = '\n';
        return terminated;
    }

    private static String message(ILoggingEvent event) {
        String message = neutral(event.getFormattedMessage());
        return event.getLoggerName().startsWith(OURS) ? message : ADDRESS.matcher(message).replaceAll("(address)");
    }

    private static String describe(IThrowableProxy error) {
        String type = error.getClassName();
        boolean told = error.getMessage() != null && (type.startsWith(OURS) || TELLING.contains(type));
        return told ? type + ": " + neutral(error.getMessage()) : type;
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    /** Replaces what moves cursors, ends lines or turns the direction of writing. */
    static String neutral(String text) {
        if (text == null) {
            return "";
        }
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean harmful = Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == '\u061C'
                    || c >= '\u200E' && c <= '\u200F' || c >= '\u202A' && c <= '\u202E'
                    || c >= '\u2066' && c <= '\u2069';
            if (harmful && clean == null) {
                clean = new StringBuilder(text);
            }
            if (harmful) {
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? text : clean.toString();
    }
}
