// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

/**
 * What so many consultations at the same time need, worked out from what one takes. Pure arithmetic; every assumption is
 * a component.
 *
 * @param consultations at the same time
 * @param serverCores cores of one server, each as fast as the one measured on
 * @param serverMemoryBytes RAM of one server
 * @param serverLinkBps its network link, each way
 * @param useShare share of cores, link and memory that the peak may use: the rest is headroom
 * @param spareShare servers beyond those needed, so that some may fail or be upgraded
 * @param provinces places of a regional set-up, with equal shares
 * @param outsideShare consultations of which one site in three lies outside the province that serves it
 */
record CapacityPlan(int consultations, int serverCores, double serverMemoryBytes, double serverLinkBps, double useShare,
        double spareShare, int provinces, double outsideShare) {

    /** Requirement E3; servers as they are sold; Viet Nam has 34 units of province level since July 2025. */
    static final CapacityPlan NATIONAL = new CapacityPlan(11_400, 32, 128e9, 25e9, 0.5, 0.2, 34, 0.5);

    private static final int SITES = 3;
    private static final int DATA_CENTRES = 2;

    /** What limits a server. */
    enum Limit { CPU, NETWORK, MEMORY }

    /** Consultations that one server carries within its headroom, by one limit. */
    double perServer(ConsultationCost cost, Limit limit) {
        return switch (limit) {
            case CPU -> serverCores * useShare / cost.cores();
            case NETWORK -> serverLinkBps * useShare / Math.max(cost.wireBpsIn(), cost.wireBpsOut());
            case MEMORY -> serverMemoryBytes * useShare / cost.memoryBytes();
        };
    }

    /** The limit that is met first. */
    Limit tightest(ConsultationCost cost) {
        Limit tightest = Limit.CPU;
        for (Limit limit : Limit.values()) {
            if (perServer(cost, limit) < perServer(cost, tightest)) {
                tightest = limit;
            }
        }
        return tightest;
    }

    /** Consultations that one server carries within its headroom. @throws IllegalStateException when not even one */
    int perServer(ConsultationCost cost) {
        int count = (int) Math.floor(perServer(cost, tightest(cost)));
        if (count < 1) {
            throw new IllegalStateException("a server of this size does not carry one consultation of " + cost.mix());
        }
        return count;
    }

    /** Cores at work, without headroom. */
    double cores(ConsultationCost cost) {
        return consultations * cost.cores();
    }

    double memoryBytes(ConsultationCost cost) {
        return consultations * cost.memoryBytes();
    }

    /** Servers in two data centres with half of the consultations each, and the spare ones. */
    int centralServers(ConsultationCost cost) {
        return DATA_CENTRES * withSpare(servers((consultations + DATA_CENTRES - 1) / DATA_CENTRES, cost));
    }

    int consultationsPerProvince() {
        return (consultations + provinces - 1) / provinces;
    }

    int serversPerProvince(ConsultationCost cost) {
        return withSpare(servers(consultationsPerProvince(), cost));
    }

    int regionalServers(ConsultationCost cost) {
        return provinces * serversPerProvince(cost);
    }

    private int servers(int load, ConsultationCost cost) {
        return (load + perServer(cost) - 1) / perServer(cost);
    }

    private int withSpare(int needed) {
        return needed + Math.max(1, (int) Math.ceil(needed * spareShare));
    }

    /** Bit/s between provinces and the data centres when all servers stand there, both ways. */
    double centralBackboneBps(ConsultationCost cost) {
        return consultations * (cost.wireBpsIn() + cost.wireBpsOut());
    }

    /** Bit/s between provinces when each serves its own: one site of three, in a share of the consultations. */
    double regionalBackboneBps(ConsultationCost cost) {
        return centralBackboneBps(cost) * outsideShare / SITES;
    }
}
