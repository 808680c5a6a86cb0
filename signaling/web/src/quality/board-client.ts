// SPDX-License-Identifier: Apache-2.0
// What the server's API tells an operator of a room, asked for with a token in the request's head.

import { type BothFigures, figuresOf } from './figures';

/** How the call goes for one participant; they are told apart by their session ids. */
export interface Standing extends BothFigures {
  readonly participant: string;
}

/** A room at one moment. */
export interface Board {
  readonly session: string;
  readonly atMs: number;
  readonly participants: readonly Standing[];
}

/** The server did not answer what was asked; status 0: it did not answer at all, or nothing that can be read. */
export class QualityRefused extends Error {
  constructor(readonly status: number) {
    super(`quality: ${status}`);
  }
}

const PATIENCE_MS = 10_000;
/** Megabytes after a long session, which a poor link may carry too. */
const TIMELINE_PATIENCE_MS = 300_000;

/** Asks for a room's figures; `page` is the page's own address, whose server the room is on. */
export class BoardClient {
  constructor(private readonly page: string, readonly room: string, private readonly token: string,
      private readonly ask: typeof fetch = (...all) => fetch(...all)) {}

  async board(): Promise<Board> {
    return readBoard(await (await this.#get('', PATIENCE_MS)).json());
  }

  /** All samples of the latest session that is kept, as a file. */
  async timeline(format: 'csv' | 'json'): Promise<Blob> {
    return (await this.#get(`/timeline?format=${format}`, TIMELINE_PATIENCE_MS)).blob();
  }

  /** @param patienceMs for head and body together */
  async #get(what: string, patienceMs: number): Promise<Response> {
    let response: Response;
    try {
      response = await this.ask(new URL(`quality/rooms/${encodeURIComponent(this.room)}${what}`, new URL('.', this.page)), {
        headers: { Authorization: `Bearer ${this.token}` },
        cache: 'no-store',
        signal: AbortSignal.timeout(patienceMs),
      });
    } catch {
      throw new QualityRefused(0);
    }
    if (!response.ok) {
      throw new QualityRefused(response.status);
    }
    return response;
  }
}

/** Reads an answer; what is missing or strange is left out. One without participants is none: the room is not empty for it. */
export function readBoard(answer: unknown): Board {
  const { session, atMs, participants } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  if (!Array.isArray(participants)) {
    throw new QualityRefused(0);
  }
  return {
    session: typeof session === 'string' ? session : '',
    atMs: typeof atMs === 'number' ? atMs : 0,
    participants: (participants as unknown[]).flatMap((each) => {
      const { participant, uplink, downlink } = (typeof each === 'object' && each !== null ? each : {}) as Record<string, unknown>;
      return typeof participant === 'string' ? [{ participant, uplink: figuresOf(uplink), downlink: figuresOf(downlink) }] : [];
    }),
  };
}
