// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.store.AttendanceStore.Quality;

/** A process that writes until it is killed, and says of each change, once it was acknowledged, what it was. */
public final class KilledWriter {
    private KilledWriter() {}

    /** Arguments: URL (or -), directory, seed. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Random random = new Random(Long.parseLong(args[2]));
        Sessions sessions = new Sessions(args[0].equals("-") ? "" : args[0], Path.of(args[1]));
        sessions.store.serve();
        sessions.store.clearSeats(sessions.service);
        out.println("ready");
        while (true) {
            sessions.pass(1 + random.nextInt(30));
            Consultation there = random.nextInt(3) == 0 ? sessions.inSession() : sessions.requested();
            out.println("ack " + there.id() + " " + there.version());
            if (there.state() == Consultation.State.IN_SESSION) {
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    sessions.pass(10);
                    Consultation gone = sessions.does(there.id(), Actor.system(),
                            new ConsultationCommand.Leave(sessions.doctor));
                    out.println("ack " + gone.id() + " " + gone.version());
                    sessions.arrives(there.id(), sessions.doctor, Participant.Device.COMPUTER);
                    figures(sessions, there.id());
                }
                if (random.nextBoolean()) {
                    Consultation done = sessions.does(there.id(), Sessions.OFFICE,
                            new ConsultationCommand.Conclude(Consultation.Outcome.DONE));
                    out.println("ack " + done.id() + " " + done.version());
                    sessions.pass(5);
                    figures(sessions, there.id());
                }
            }
        }
    }

    private static void figures(Sessions sessions, String id) {
        sessions.store.attendance().addQuality(List.of(new Quality(id, sessions.doctor, true, sessions.now,
                sessions.now.plusSeconds(5), 12, 30, 80, 9, 24, 300, 0, 410, "none")));
    }
}
