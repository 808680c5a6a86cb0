// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.logging.LogManager;
import org.nhipcau.signaling.config.ServerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up the log: ours at the configured level on standard error, libraries only when they fail. */
final class Logging {
    private Logging() {}

    static void configure(ServerConfig.Log log) {
        // Some libraries log through the platform's logging, addresses included.
        LogManager.getLogManager().reset();
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            throw new IllegalStateException("another logging library is in front of logback");
        }
        context.reset();
        LogEncoder encoder = new LogEncoder(log.format().equals("json"));
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        root.setLevel(Level.ERROR);
        context.getLogger("org.nhipcau").setLevel(Level.toLevel(log.level(), Level.INFO));
    }
}
