// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes what the fake camera and microphone of the browsers show and say: a face-sized shape that moves before a wall
 * with grain, which an encoder needs its whole bitrate for, and a voice-like sound that is never silent, so that any
 * silence at the other end is a loss. Both begin anew without a jump.
 *
 * <p>Spec: YUV4MPEG2; WAVE with 16-bit PCM.
 */
final class TestMedia {
    static final int FPS = 30;
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int FRAMES = 60;
    /** Of luma; so much that a still wall costs some bits, as that of a real camera does. */
    private static final int GRAIN = 5;
    private static final int SAMPLE_RATE = 48_000;
    private static final int SECONDS = 10;
    private static final double PITCH_HZ = 140;
    private static final double SYLLABLES_HZ = 4;
    private static final int HARMONICS = 20;

    private TestMedia() {}

    static void writeCamera(Path file) throws IOException {
        byte[] grain = new byte[1 << 16];
        Random random = new Random(1);
        for (int i = 0; i < grain.length; i++) {
            grain[i] = (byte) (random.nextGaussian() * GRAIN);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(("YUV4MPEG2 W" + WIDTH + " H" + HEIGHT + " F" + FPS + ":1 Ip A1:1 C420jpeg\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] luma = new byte[WIDTH * HEIGHT];
            byte[] chroma = new byte[WIDTH * HEIGHT / 2];
            java.util.Arrays.fill(chroma, 0, chroma.length / 2, (byte) 118);
            java.util.Arrays.fill(chroma, chroma.length / 2, chroma.length, (byte) 140);
            for (int frame = 0; frame < FRAMES; frame++) {
                draw(luma, grain, frame, random.nextInt(grain.length));
                out.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
                out.write(luma);
                out.write(chroma);
            }
        }
    }

    private static void draw(byte[] luma, byte[] grain, int frame, int grainAt) {
        double turn = 2 * Math.PI * frame / FRAMES;
        double faceX = WIDTH / 2.0 + 60 * Math.sin(turn);
        double faceY = HEIGHT / 2.0 + 20 * Math.sin(2 * turn);
        double mouth = 12 + 10 * Math.sin(6 * turn);
        int next = grainAt;
        for (int y = 0; y < HEIGHT; y++) {
            double dy = (y - faceY) / 240;
            for (int x = 0; x < WIDTH; x++) {
                double dx = (x - faceX) / 170;
                // A wall with a pattern, or a face with stripes for features that move with it.
                int value = dx * dx + dy * dy < 1
                        ? 150 + (int) (30 * Math.sin((x - faceX) / 9) * Math.sin((y - faceY) / mouth))
                        : 70 + (x / 40 + y / 40) % 2 * 20 + y / 12;
                luma[y * WIDTH + x] = (byte) Math.clamp(value + grain[next], 16, 235);
                next = next + 1 & grain.length - 1;
            }
        }
    }

    static void writeVoice(Path file) throws IOException {
        int samples = SAMPLE_RATE * SECONDS;
        ByteBuffer wave = ByteBuffer.allocate(44 + samples * 2).order(ByteOrder.LITTLE_ENDIAN);
        wave.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + samples * 2)
                .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1).putShort((short) 1)
                .putInt(SAMPLE_RATE).putInt(SAMPLE_RATE * 2).putShort((short) 2).putShort((short) 16)
                .put("data".getBytes(StandardCharsets.US_ASCII)).putInt(samples * 2);
        Random random = new Random(2);
        for (int i = 0; i < samples; i++) {
            double t = (double) i / SAMPLE_RATE;
            double loudness = 0.35 + 0.3 * Math.sin(2 * Math.PI * SYLLABLES_HZ * t);
            // Harmonics under a formant that wanders, as vowels change.
            double formantHz = 700 + 400 * Math.sin(2 * Math.PI * 0.7 * t);
            double sum = 0;
            for (int k = 1; k <= HARMONICS; k++) {
                double off = (k * PITCH_HZ - formantHz) / 400;
                sum += Math.sin(2 * Math.PI * k * PITCH_HZ * t) / (1 + off * off);
            }
            double value = loudness * (0.25 * sum + 0.05 * random.nextGaussian());
            wave.putShort((short) (Math.clamp(value, -1, 1) * 20_000));
        }
        Files.write(file, wave.array());
    }
}
