// SPDX-License-Identifier: Apache-2.0
// What a participant may ask and order during a consultation, over HTTP with the token that let it in.

import type { Key } from '../i18n';
import { type Role, roleNamed } from './state';

/** Somebody on the desk's list: pseudonym, part, and where they wait or sit. */
export interface Attendee {
  readonly identity: string;
  readonly role: Role | undefined;
  readonly facility: string;
  /** A track of theirs that stays cut until it is released; told to who may release it. */
  readonly latched?: string;
}

/** The consultation as this participant may know it. */
export interface SessionView {
  /** What this person may do, in small letters. */
  readonly rights: ReadonlySet<string>;
  readonly lobby: readonly Attendee[];
  readonly people: readonly Attendee[];
  /** Whose word is the patient's consent, for staff that records it. */
  readonly mayConsent: readonly Attendee[];
  /** Which face policy this is; whoever loosens one says which one was seen. */
  readonly policyEpoch: number;
  /** Roles that see the clear face while it is covered for the others; told to whoever may have it covered. */
  readonly clearFor: readonly Role[];
  /** An emergency that nobody has confirmed yet. */
  readonly unconfirmedEmergency: boolean;
}

/** How a consultation ended. */
export type Outcome = 'DONE' | 'CALL_LATER' | 'CANCELLED_FREE' | 'MOVED_TO_TELEPHONE';

/** How an agreement was given. */
export type ConsentMeans = 'PAGE' | 'VOICE' | 'PAPER' | 'TELEPHONE';

/** An order and what it takes. */
export interface SessionCommands {
  admit: { identity: string };
  deny: { identity: string };
  remove: { identity: string };
  mute: { identity: string; source: 'MICROPHONE' | 'CAMERA' | 'SCREEN_SHARE' };
  'main-screen': { identity: string | null };
  release: { identity: string; track: string };
  policy: { mode?: 'OFF' | 'COVER'; clearFor?: readonly string[]; seenEpoch?: number };
  consent: { textId: string; version: string; by: string; means: ConsentMeans };
  'withdraw-consent': Record<string, never>;
  begin: Record<string, never>;
  suspend: { reason: string };
  resume: Record<string, never>;
  conclude: { outcome: Outcome };
  'confirm-emergency': Record<string, never>;
}

/** An order that was not carried out. */
export class CommandRefused extends Error {
  constructor(readonly status: number, readonly code: string) {
    super(code);
  }

  /** What the person is told. */
  get text(): Key {
    if (this.code === 'version-conflict') {
      return 'refusedChanged';
    }
    if (this.status === 0) {
      return 'unreachable';
    }
    if (this.status === 401 || this.status === 403) {
      return 'refusedRight';
    }
    if (this.status === 503) {
      return 'refusedStore';
    }
    return this.status === 409 ? 'refusedState' : 'refused';
  }
}

/** Asks and orders; `page` is the page's own address, whose server the consultation is at. */
export class SessionClient {
  constructor(private readonly page: string, private readonly token: () => string, private readonly ask: typeof fetch = (...all) => fetch(...all)) {}

  async view(): Promise<SessionView> {
    return readView(await this.#call('GET', '', undefined));
  }

  async order<C extends keyof SessionCommands>(command: C, body: SessionCommands[C]): Promise<void> {
    await this.#call('POST', `/${command}`, body);
  }

  async #call(method: 'GET' | 'POST', path: string, body: unknown): Promise<unknown> {
    let response: Response;
    try {
      response = await this.ask(new URL(`consultation/v1/session${path}`, new URL('.', this.page)), {
        method,
        headers: { Authorization: `Bearer ${this.token()}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        cache: 'no-store',
      });
    } catch {
      throw new CommandRefused(0, 'unreachable');
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const code = (answer as { code?: unknown } | undefined)?.code;
      throw new CommandRefused(response.status, typeof code === 'string' ? code : String(response.status));
    }
    return answer;
  }
}

/** Reads an answer; what is missing or strange is left out, and so gives no right. */
export function readView(answer: unknown): SessionView {
  const all = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  const { epoch, clearFor } = (typeof all['facePolicy'] === 'object' && all['facePolicy'] !== null ? all['facePolicy'] : {}) as Record<string, unknown>;
  return {
    policyEpoch: typeof epoch === 'number' && Number.isSafeInteger(epoch) ? epoch : 0,
    clearFor: list(clearFor).flatMap((role) => roleNamed(role) ?? []),
    rights: new Set(list(all['rights']).filter((right) => typeof right === 'string').map((right) => right.toLowerCase())),
    lobby: list(all['lobby']).flatMap(attendee),
    people: list(all['people']).flatMap(attendee),
    mayConsent: list(all['mayConsent']).flatMap(attendee),
    unconfirmedEmergency: all['emergency'] === 'unconfirmed' || all['unconfirmedEmergency'] === true,
  };
}

function attendee(value: unknown): Attendee[] {
  const { identity, role, facility, latched } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return typeof identity === 'string' && identity
    ? [{ identity, role: roleNamed(role), facility: typeof facility === 'string' ? facility : '',
      ...(typeof latched === 'string' && latched ? { latched } : {}) }] : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
