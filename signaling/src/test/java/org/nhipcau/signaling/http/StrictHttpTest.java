// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The HTTP edge against clients without manners (vulnerability classes V35 to V37). */
class StrictHttpTest {
    private static final int WAIT_MS = 10_000;

    /** Far more than the buffers of two sockets on loopback hold. */
    private static final byte[] LARGE = new byte[20 << 20];

    private final AtomicInteger handled = new AtomicInteger();
    private HttpListener listener;

    private void open(HttpLimits limits) throws IOException {
        listener = HttpListener.open("test", "127.0.0.1", 0, 1, limits, head -> switch (head.path()) {
            case "/" -> new HttpAction.Answer(HttpAnswer.text(200, "hello"));
            case "/body" -> new HttpAction.Handle(1_000, body -> {
                handled.incrementAndGet();
                return HttpAnswer.text(200, body.length + " bytes");
            });
            case "/large" -> {
                handled.incrementAndGet();
                yield new HttpAction.Answer(new HttpAnswer(200, "text/plain", LARGE, Map.of()));
            }
            case "/bug" -> throw new IllegalStateException("a bug");
            case "/late-bug" -> new HttpAction.Handle(0, body -> {
                throw new IllegalStateException("a bug");
            });
            case "/late-error" -> new HttpAction.Handle(0, body -> {
                throw new StackOverflowError("deep");
            });
            default -> new HttpAction.Answer(HttpAnswer.empty(404));
        });
    }

    private void open() throws IOException {
        open(new HttpLimits(8_192, 100, 1_000, 100, 5, 5));
    }

    @AfterEach
    void stop() {
        listener.close();
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        socket.setSoTimeout(WAIT_MS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String readAll(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketException e) {
            // A reset: what came before it counts.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** The status of the one answer after which the server must have closed. */
    private String closedWith(String request) throws IOException {
        try (Socket socket = socket()) {
            write(socket, request);
            String answer = readAll(socket);
            assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, answer);
            return answer.substring(9, 12);
        }
    }

    @Test
    void shouldRefuseWhatIsReadInTwoWays() throws Exception {
        open();
        String body = "POST /body HTTP/1.1\r\nHost: x\r\n";
        assertEquals("400", closedWith(body + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
        assertEquals("400", closedWith(body + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"));
        assertEquals("400", closedWith(body + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"));
        assertEquals("400", closedWith(body + "Content-Length: -1\r\n\r\n"));
        assertEquals("400", closedWith(body + "Content-Length: 5x\r\n\r\nhello"));
        assertEquals("400", closedWith("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"));
        assertEquals("400", closedWith("GET / HTTP/1.1\r\nHost : x\r\n\r\n"));
        assertEquals("400", closedWith("GET / HTTP/1.1\r\nA: b\u0000c\r\n\r\n"));
        assertEquals("400", closedWith("GET / HTTP/1.1\nHost: x\n\n"));
        assertEquals("400", closedWith("nonsense\r\n\r\n"));
        assertEquals(0, handled.get());
    }

    @Test
    void shouldCloseOnHttp2AndOtherVersions() throws Exception {
        open();
        assertEquals("400", closedWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        assertEquals("400", closedWith("GET / HTTP/3.0\r\nHost: x\r\n\r\n"));
        assertEquals("400", closedWith("GET / HTTP/0.9\r\n\r\n"));
    }

    @Test
    void shouldBoundLineHeadersAndBody() throws Exception {
        open();
        assertEquals("414", closedWith("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n\r\n"));
        assertEquals("431", closedWith("GET / HTTP/1.1\r\nA: " + "a".repeat(9_000) + "\r\n\r\n"));
        assertEquals("413", closedWith("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"
                + "a".repeat(1_001)));
        assertEquals("413", closedWith("POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3e9\r\n" + "a".repeat(1_001) + "\r\n0\r\n\r\n"));
        assertEquals("413", closedWith("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n"
                + "a".repeat(70_000)));
        assertEquals("413", closedWith("POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                + "Content-Length: 5000\r\n\r\n"));
        assertEquals(0, handled.get());
    }

    @Test
    void shouldServeOneRequestAfterTheOtherOnAConnection() throws Exception {
        open();
        try (Socket socket = socket()) {
            String get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            String post = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
            write(socket, get + post + "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + post
                    + "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String answers = readAll(socket);
            assertEquals("200 200 200 200 404", statuses(answers));
            assertEquals(2, answers.split("3 bytes", -1).length - 1);
            assertEquals(1, answers.split("hello", -1).length - 1);
        }
        assertEquals(2, handled.get());
    }

    private static String statuses(String answers) {
        StringBuilder statuses = new StringBuilder();
        for (int at = answers.indexOf("HTTP/1.1 "); at >= 0; at = answers.indexOf("HTTP/1.1 ", at + 1)) {
            statuses.append(statuses.isEmpty() ? "" : " ").append(answers, at + 9, at + 12);
        }
        return statuses.toString();
    }

    @Test
    void shouldAskForTheBodyItWants() throws Exception {
        open();
        try (Socket socket = socket()) {
            write(socket, "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
                    + "Content-Length: 3\r\n\r\n");
            assertEquals("HTTP/1.1 100", new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
            write(socket, "abc");
            assertTrue(readAll(socket).contains("3 bytes"));
        }
        assertEquals("404", closedWith("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                + "Content-Length: 3\r\n\r\n"));
    }

    @Test
    void shouldHoldAConnectionToItsRate() throws Exception {
        open(new HttpLimits(8_192, 1, 50, 100, 5, 5));
        try (Socket socket = socket()) {
            // A server that answered them all would write 100,000 answers.
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 1_000; i++) {
                        write(socket, "GET / HTTP/1.1\r\n\r\n".repeat(100));
                    }
                } catch (IOException e) {
                    // The server has closed, as it should.
                }
            });
            String answers = readAll(socket);
            String[] statuses = statuses(answers).split(" ");
            assertTrue(statuses.length >= 1 && statuses.length <= 53, "answers " + statuses.length);
            writer.join();
        }
    }

    @Test
    void shouldTurnAwayConnectionsAboveTheBound() throws Exception {
        open(new HttpLimits(8_192, 100, 1_000, 2, 5, 5));
        try (Socket first = socket(); Socket second = socket()) {
            write(first, "GET / HTTP/1.1\r\n\r\n");
            write(second, "GET / HTTP/1.1\r\n\r\n");
            assertEquals("HTTP/1.1 200", new String(first.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
            assertEquals("HTTP/1.1 200", new String(second.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
            assertEquals("503", closedWith("GET / HTTP/1.1\r\n\r\n"));
        }
    }

    @Test
    void shouldCloseSlowAndIdleConnections() throws Exception {
        open(new HttpLimits(8_192, 100, 1_000, 100, 1, 5));
        try (Socket silent = socket(); Socket slow = socket(); Socket drip = socket(); Socket idle = socket()) {
            write(slow, "GET / HTTP/1.1\r\nHost: x\r\nA: ");
            write(drip, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc");
            write(idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals("", readAll(silent));
            assertEquals("", readAll(slow));
            assertEquals("", readAll(drip));
            assertTrue(readAll(idle).startsWith("HTTP/1.1 200"));
        }
        assertEquals(0, handled.get());
    }

    @Test
    void shouldSurviveBugsOfItsService() throws Exception {
        open();
        assertEquals("500", closedWith("GET /bug HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertEquals("500", closedWith("GET /late-bug HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertEquals("500", closedWith("GET /late-error HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertEquals("200", closedWith("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
    }

    @Test
    void shouldNotPileUpAnswersForOneWhoDoesNotRead() throws Exception {
        open(new HttpLimits(8_192, 100, 1_000, 100, 5, 1));
        try (Socket deaf = socket()) {
            write(deaf, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50));
            // The server gives the connection up after the time for one answer.
            awaitClosed();
        }
        assertEquals(1, handled.get(), "requests taken before the first answer was");
    }

    private void awaitClosed() throws InterruptedException {
        long endNs = System.nanoTime() + WAIT_MS * 1_000_000L;
        while ((handled.get() == 0 || listener.connections() > 0) && System.nanoTime() < endNs) {
            Thread.sleep(10);
        }
        assertEquals(0, listener.connections());
    }

    @Test
    void shouldSendLargeAnswersWhole() throws Exception {
        open();
        try (Socket socket = socket()) {
            write(socket, "GET /large HTTP/1.1\r\nHost: x\r\n\r\nHEAD /large HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String answers = readAll(socket);
            assertEquals("200 200 200", statuses(answers));
            assertEquals(LARGE.length, answers.chars().filter(c -> c == 0).count());
            assertTrue(answers.endsWith("hello"));
        }
    }

    @Test
    void shouldTellWhyAPortCannotBeBound() throws Exception {
        open();
        CountDownLatch never = new CountDownLatch(1);
        IOException e = org.junit.jupiter.api.Assertions.assertThrows(IOException.class,
                () -> HttpListener.open("second", "127.0.0.1", listener.port(), 1,
                        new HttpLimits(8_192, 1, 1, 1, 1, 1), head -> {
                            never.countDown();
                            return null;
                        }).close());
        assertEquals("cannot listen on port " + listener.port() + ": it is in use", e.getMessage());
    }
}
