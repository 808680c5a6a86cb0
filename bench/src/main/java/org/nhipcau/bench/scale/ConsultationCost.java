// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nhipcau.bench.Figures;

/**
 * What one consultation of three sites takes on a server, each figure the slope over several numbers of consultations.
 *
 * @param mix what each site sends
 * @param cores seconds of CPU per second
 * @param coresError standard error of that
 * @param memoryBytes heap and everything else
 * @param bytesOut of UDP payload per second
 */
record ConsultationCost(String mix, double cores, double coresError, double memoryBytes, double packetsIn,
        double packetsOut, double datagramsIn, double datagramsOut, double bytesIn, double bytesOut) {

    /** Headers of IPv4 and UDP, frame of Ethernet with its check sum, preamble and gap. */
    static final int WIRE_BYTES_PER_DATAGRAM = 20 + 8 + 18 + 20;

    static ConsultationCost of(String mix, List<RoomCost.Point> points) {
        double[] rooms = points.stream().mapToDouble(RoomCost.Point::rooms).toArray();
        LinearFit cores = slope(rooms, points, RoomCost.Point::cores);
        return new ConsultationCost(mix, cores.slope(), cores.slopeError(),
                slope(rooms, points, RoomCost.Point::memoryBytes).slope(),
                slope(rooms, points, RoomCost.Point::packetsIn).slope(),
                slope(rooms, points, RoomCost.Point::packetsOut).slope(),
                slope(rooms, points, RoomCost.Point::datagramsIn).slope(),
                slope(rooms, points, RoomCost.Point::datagramsOut).slope(),
                slope(rooms, points, RoomCost.Point::bytesIn).slope(),
                slope(rooms, points, RoomCost.Point::bytesOut).slope());
    }

    private static LinearFit slope(double[] rooms, List<RoomCost.Point> points,
            java.util.function.ToDoubleFunction<RoomCost.Point> figure) {
        return LinearFit.of(rooms, points.stream().mapToDouble(figure).toArray());
    }

    double wireBpsIn() {
        return 8 * (bytesIn + datagramsIn * WIRE_BYTES_PER_DATAGRAM);
    }

    double wireBpsOut() {
        return 8 * (bytesOut + datagramsOut * WIRE_BYTES_PER_DATAGRAM);
    }

    void write(Figures row) {
        row.put("mix", mix).put("cores", cores, "").put("coresError", coresError, "")
                .put("memoryBytes", memoryBytes, "B").put("packetsIn", packetsIn, "1/s")
                .put("packetsOut", packetsOut, "1/s").put("datagramsIn", datagramsIn, "1/s")
                .put("datagramsOut", datagramsOut, "1/s").put("bytesIn", bytesIn, "B/s")
                .put("bytesOut", bytesOut, "B/s");
    }

    /** Reads what {@link #write} put into a report of {@code bench scale}. @throws IOException when it has none */
    static List<ConsultationCost> read(JsonNode report) throws IOException {
        List<ConsultationCost> all = new ArrayList<>();
        for (JsonNode row : report.path("consultations")) {
            all.add(new ConsultationCost(row.path("mix").asText(), number(row, "cores"),
                    row.path("coresError").asDouble(Double.NaN), number(row, "memoryBytes"), number(row, "packetsIn"),
                    number(row, "packetsOut"), number(row, "datagramsIn"), number(row, "datagramsOut"),
                    number(row, "bytesIn"), number(row, "bytesOut")));
        }
        if (all.isEmpty()) {
            throw new IOException("the report has no figures of consultations; bench scale makes them");
        }
        return all;
    }

    private static double number(JsonNode row, String name) throws IOException {
        if (!row.path(name).isNumber() || row.path(name).asDouble() <= 0) {
            throw new IOException("consultation '" + row.path("mix").asText() + "' has no " + name + " above 0");
        }
        return row.path(name).asDouble();
    }
}
