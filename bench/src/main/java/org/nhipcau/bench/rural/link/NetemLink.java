// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A link made by the kernel's netem on a pair of veth devices, for machines that have no linklab. The rows of the
 * profile are set one after the other while time passes.
 *
 * <p>It logs no packet, so what it did cannot be judged from outside the browsers; its queue is counted in packets; a
 * change of rate does not touch the packet that is being sent; its losses cannot be repeated by a seed.
 *
 * <p>Thread: one, and one of its own that sets the rows. Owns: the namespace, the devices and two tc processes.
 */
public final class NetemLink implements Emulator {
    private static final int MEAN_PACKET_BYTES = 1_000;
    /** netem knows no stall: a packet an hour is one. */
    private static final double STALLED_KBPS = 0.01;

    private final String namespace;
    private final LinkProfile profile;
    private final LinkSettings settings;
    private final Map<Direction, Process> controls = new EnumMap<>(Direction.class);
    private volatile boolean ended;
    private Thread steps;

    NetemLink(String namespace, LinkProfile profile, LinkSettings settings) {
        this.namespace = namespace;
        this.profile = profile;
        this.settings = settings;
    }

    /** @param ends the addresses of the station and of this machine on the link */
    public static NetemLink start(String namespace, List<String> ends, LinkProfile profile, LinkSettings settings)
            throws IOException {
        NetemLink link = new NetemLink(namespace, profile, settings);
        try {
            link.build(ends);
            return link;
        } catch (IOException failed) {
            link.close();
            throw failed;
        }
    }

    private void build(List<String> ends) throws IOException {
        String far = namespace + "a";
        String near = namespace + "b";
        Namespaces.run(List.of("ip", "netns", "add", namespace));
        Namespaces.run(List.of("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace));
        Namespaces.run(List.of("ip", "addr", "add", ends.get(1), "peer", ends.get(0), "dev", near));
        Namespaces.run(List.of("ip", "link", "set", near, "up"));
        inside("ip", "addr", "add", ends.get(0), "peer", ends.get(1), "dev", far);
        inside("ip", "link", "set", "lo", "up");
        inside("ip", "link", "set", far, "up");
        inside("ip", "route", "add", "default", "dev", far);
        // Each end shapes what leaves it.
        List<String> inside = new ArrayList<>(enter());
        inside.addAll(List.of("tc", "-batch", "-"));
        controls.put(Direction.UP, control(inside));
        controls.put(Direction.DOWN, control(List.of("tc", "-batch", "-")));
        for (Direction direction : Direction.values()) {
            List<String> first = new ArrayList<>(direction == Direction.UP ? enter() : List.of());
            first.addAll(List.of(("tc qdisc add " + qdisc(direction, 0)).split(" ")));
            Namespaces.run(first);
        }
    }

    private List<String> enter() {
        return List.of("nsenter", "--net=/run/netns/" + namespace);
    }

    private void inside(String... command) throws IOException {
        List<String> all = new ArrayList<>(enter());
        all.addAll(List.of(command));
        Namespaces.run(all);
    }

    private static Process control(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** What follows {@code tc qdisc add} or {@code change} at a time. */
    String qdisc(Direction direction, double tMs) {
        LinkProfile.Row row = profile.at(tMs);
        Outage outage = settings.outage();
        boolean out = outage != null && tMs >= outage.atMs() && tMs < outage.endMs();
        double kbps = out && outage.hold() ? 0 : row.kbps(direction);
        StringBuilder words = new StringBuilder("dev ").append(namespace).append(direction == Direction.UP ? "a" : "b")
                .append(String.format(Locale.ROOT, " root netem limit %d delay %.0fus %.0fus",
                        Math.max(10, settings.queueBytes() / MEAN_PACKET_BYTES), settings.delayMs() * 1_000,
                        settings.jitterMs() * 1_000));
        if (out && !outage.hold()) {
            words.append(" loss 100%");
        } else if (settings.lossPercent() > 0 && settings.burstPackets() > 1) {
            words.append(String.format(Locale.ROOT, " loss gemodel %.3f%% %.3f%%", settings.burstBeginsPercent(),
                    settings.burstEndsPercent()));
        } else if (Math.max(settings.lossPercent(), row.lossPercent(direction)) > 0) {
            words.append(String.format(Locale.ROOT, " loss %.3f%%",
                    Math.max(settings.lossPercent(), row.lossPercent(direction))));
        }
        if (kbps >= 0) {
            words.append(String.format(Locale.ROOT, " rate %.0fbit", Math.max(kbps, STALLED_KBPS) * 1_000));
        }
        return words.toString();
    }

    /** When something changes next after a time; infinite: nothing does. */
    double nextChangeMs(double tMs) {
        double next = profile.nextChangeMs(tMs);
        Outage outage = settings.outage();
        if (outage != null && outage.atMs() > tMs) {
            return Math.min(next, outage.atMs());
        }
        return outage != null && outage.endMs() > tMs ? Math.min(next, outage.endMs()) : next;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public long pid() {
        return 0;
    }

    @Override
    public void begin() {
        long startNs = System.nanoTime();
        steps = Thread.ofPlatform().daemon().name("netem-steps").start(() -> {
            for (double tMs = nextChangeMs(0); !ended && Double.isFinite(tMs); tMs = nextChangeMs(tMs)) {
                try {
                    long waitMs = (long) tMs - (System.nanoTime() - startNs) / 1_000_000;
                    if (waitMs > 0) {
                        Thread.sleep(waitMs);
                    }
                    set(tMs);
                } catch (InterruptedException over) {
                    return;
                } catch (IOException failed) {
                    throw new UncheckedIOException("tc has ended", failed);
                }
            }
        });
    }

    private void set(double tMs) throws IOException {
        for (Map.Entry<Direction, Process> control : controls.entrySet()) {
            BufferedWriter words = control.getValue().outputWriter();
            words.write("qdisc change " + qdisc(control.getKey(), tMs) + "\n");
            words.flush();
        }
    }

    @Override
    public void end() {
        ended = true;
        if (steps != null) {
            steps.interrupt();
        }
        controls.values().forEach(Process::destroy);
    }

    @Override
    public Optional<PacketLog> packets() {
        return Optional.empty();
    }

    @Override
    public double lateMs() {
        return Double.NaN;
    }

    @Override
    public String weakness() {
        return "the link was made by netem, which logs no packet: queue, utilisation and the shares of padding and"
                + " retransmission are not judged, and no seed repeats its losses";
    }

    @Override
    public void close() throws IOException {
        end();
        Namespaces.remove(namespace);
    }
}
