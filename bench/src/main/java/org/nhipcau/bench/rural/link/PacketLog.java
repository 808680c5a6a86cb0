// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.rural.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What became of each packet on the link, as the emulator has logged it. Knows nothing of servers and clients: a flow
 * is told from another by what is in the clear, protocol and RTP payload type.
 *
 * <p>The emulator numbers the packets of each direction in the order they came; its clock may have been set back to 0
 * once. Packets from before that are left out.
 */
public final class PacketLog {
    private static final String HEAD = "dir,n,t_in_ms,t_dep_ms,t_out_ms,len,verdict,proto,sport,dport,pt,rtpseq,ssrc";
    private static final int UDP = 17;

    private final Map<Direction, List<Packet>> packets;

    /**
     * A packet.
     *
     * @param inMs when it came
     * @param departedMs when the bottleneck had sent it; negative: it never did
     * @param lengthBytes of the IP packet
     * @param delivered whether it came out at the other end
     * @param payloadType of RTP; 192 to 223: RTCP; -1: neither
     */
    public record Packet(long number, double inMs, double departedMs, double outMs, int lengthBytes, boolean delivered,
            boolean udp, int payloadType, long ssrc) {
        /** How long it waited for the bottleneck and in it. */
        public double queuedMs() {
            return departedMs - inMs;
        }
    }

    private PacketLog(Map<Direction, List<Packet>> packets) {
        this.packets = packets;
    }

    /** @throws IOException when it is no log of the emulator */
    public static PacketLog read(BufferedReader log) throws IOException {
        String head = log.readLine();
        if (!HEAD.equals(head)) {
            throw new IOException("the emulator's packet log begins with '" + head + "'; expected: " + HEAD);
        }
        Map<Direction, List<Packet>> all = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            all.put(direction, new ArrayList<>());
        }
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            String[] cells = line.split(",", -1);
            if (cells.length == 13) {
                all.get(cells[0].equals("up") ? Direction.UP : Direction.DOWN).add(packet(cells));
            }
        }
        all.replaceAll((direction, list) -> sinceStart(list));
        return new PacketLog(all);
    }

    private static Packet packet(String[] cells) throws IOException {
        try {
            return new Packet(Long.parseLong(cells[1]), Double.parseDouble(cells[2]), Double.parseDouble(cells[3]),
                    Double.parseDouble(cells[4]), Integer.parseInt(cells[5]), cells[6].equals("ok"),
                    Integer.parseInt(cells[7]) == UDP, Integer.parseInt(cells[10]), Long.parseLong(cells[12]));
        } catch (NumberFormatException wrong) {
            throw new IOException("the emulator's packet log has the line " + String.join(",", cells), wrong);
        }
    }

    private static List<Packet> sinceStart(List<Packet> list) {
        list.sort(Comparator.comparingLong(Packet::number));
        int start = 0;
        for (int i = 1; i < list.size(); i++) {
            if (list.get(i).inMs() < list.get(i - 1).inMs()) {
                start = i;
            }
        }
        return List.copyOf(list.subList(start, list.size()));
    }

    /** In the order they came. */
    public List<Packet> packets(Direction direction) {
        return packets.get(direction);
    }

    /** Bits that left the link at its other end, of the packets that are meant. */
    public double deliveredBits(Direction direction, double fromMs, double toMs, Predicate<Packet> which) {
        double bits = 0;
        for (Packet packet : packets.get(direction)) {
            if (packet.delivered() && packet.departedMs() >= fromMs && packet.departedMs() < toMs
                    && which.test(packet)) {
                bits += packet.lengthBytes() * 8.0;
            }
        }
        return bits;
    }

    /** Bits that came to the link and not out of it, of the packets that are meant. */
    public double lostBits(Direction direction, double fromMs, double toMs, Predicate<Packet> which) {
        return packets.get(direction).stream().filter(packet -> !packet.delivered() && packet.inMs() >= fromMs
                && packet.inMs() < toMs && which.test(packet)).mapToDouble(packet -> packet.lengthBytes() * 8.0).sum();
    }

    /** Bits that came to the link, whatever became of them. */
    public double sentBits(Direction direction, double fromMs, double toMs) {
        return packets.get(direction).stream().filter(packet -> packet.inMs() >= fromMs && packet.inMs() < toMs)
                .mapToDouble(packet -> packet.lengthBytes() * 8.0).sum();
    }

    /** The queueing time that a share of the packets stayed below; NaN when there was none. */
    public double queuedMs(Direction direction, double fromMs, double toMs, double share, Predicate<Packet> which) {
        double[] waits = packets.get(direction).stream()
                .filter(packet -> packet.inMs() >= fromMs && packet.inMs() < toMs && packet.departedMs() >= 0)
                .filter(which).mapToDouble(Packet::queuedMs).sorted().toArray();
        return waits.length == 0 ? Double.NaN : waits[Math.max(0, (int) Math.ceil(share * waits.length) - 1)];
    }

    /** When the rate over a window of time first reached a level; NaN: never. The end of the window counts. */
    public double reachedMs(Direction direction, double fromMs, double toMs, double kbps, double windowMs) {
        List<Packet> in = packets.get(direction).stream().filter(packet -> packet.delivered()
                && packet.departedMs() >= fromMs && packet.departedMs() < toMs).toList();
        double bits = 0;
        int oldest = 0;
        for (Packet packet : in) {
            bits += packet.lengthBytes() * 8.0;
            while (in.get(oldest).departedMs() <= packet.departedMs() - windowMs) {
                bits -= in.get(oldest++).lengthBytes() * 8.0;
            }
            if (bits / windowMs >= kbps) {
                return packet.departedMs();
            }
        }
        return Double.NaN;
    }
}
