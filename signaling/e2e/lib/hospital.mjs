// SPDX-License-Identifier: Apache-2.0
// The hospital's own system, as far as tests need it: asks the server for consultations over the REST API.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { apiKey, apiSecret, token } from './token.mjs';
import { until } from './wait.mjs';

const scopes = ['facilities:write', 'staff:write', 'pseudonyms:write', 'pseudonyms:read', 'pseudonyms:erase', 'consultations:read',
  'consultations:write', 'participants:approve', 'consent:write', 'policy:write', 'tokens:issue', 'recorder:allow',
  'attendance:read', 'audit:read', 'reports:read', 'exports:read', 'keys:manage'];

/** A token of whoever holds the server's secret: for a few minutes, with all rights of the API. */
export function operatorToken(wanted = scopes) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: apiKey, iat: now, nbf: now, exp: now + 800, nhipcauApi: { scopes: wanted } })}`;
  return `${text}.${createHmac('sha256', apiSecret).update(text).digest('base64url')}`;
}

/** What was asked of the API and answered otherwise than hoped. */
export class ApiError extends Error {
  constructor(method, path, status, body) {
    super(`${method} ${path} answers ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.code = body?.code;
  }
}

export class Hospital {
  #facilities = new Set();

  constructor(server, credential = operatorToken()) {
    this.server = server;
    this.credential = credential;
  }

  /** One call of the API; fails with {@link ApiError} on anything but a success. */
  async ask(method, path, body) {
    const response = await fetch(`${this.server.httpUrl}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.credential}`, ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...(method === 'PUT' ? { 'If-Match': '*' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const answer = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
    if (!response.ok) {
      throw new ApiError(method, path, response.status, answer);
    }
    return answer;
  }

  /** All items of a list, page after page. */
  async all(path) {
    const items = [];
    let cursor = '';
    do {
      const page = await this.ask('GET', `${path}?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.nextCursor ?? '';
    } while (cursor);
    return items;
  }

  async facility(code, level = 'PROVINCE') {
    if (!this.#facilities.has(code)) {
      this.#facilities.add(code);
      await this.ask('POST', '/facilities', { code, name: `Cơ sở ${code}`, level, province: 'HN', district: 'D1' }).catch((error) => {
        // Another test of the same server has asked for it.
        if (error.status !== 409) {
          throw error;
        }
      });
    }
    return code;
  }

  /** A new pseudonym for somebody. */
  async pseudonym(role, facility, fullName = `Người thử ${role}`) {
    const outside = role === 'PATIENT' || role === 'CAREGIVER';
    const { pseudonym } = await this.ask('POST', outside ? '/pseudonyms' : '/staff', { fullName, role, ...(outside ? {} : { facility }) });
    return pseudonym;
  }

  /**
   * Requests a consultation.
   *
   * @param people by a short name: { role, facility }; one of them is the patient
   */
  async request(people, { kind = 'ON_DEMAND', ...more } = {}) {
    const everybody = {};
    for (const [name, { role, facility = role === 'PATIENT' || role === 'CAREGIVER' ? '' : 'BM', level, fullName }] of Object.entries(people)) {
      if (facility) {
        await this.facility(facility, level);
      }
      everybody[name] = { role, facility, pseudonym: await this.pseudonym(role, facility, fullName) };
    }
    const patient = Object.values(everybody).find(({ role }) => role === 'PATIENT');
    assert.ok(patient, 'a consultation is about a patient');
    await this.facility('BM', 'CENTRAL');
    const made = await this.ask('POST', '/consultations', { kind, facility: 'BM', patient: patient.pseudonym,
      participants: Object.values(everybody).map(({ pseudonym, role, facility }) => ({ pseudonym, role, ...(facility ? { facility } : {}) })), ...more });
    return new Consultation(this, made.id, everybody);
  }

  /** One that everybody on the list may join, with the patient's consent; the session has begun. */
  async inSession(people, options) {
    const consultation = await this.request(people, options);
    await consultation.approve();
    await consultation.do('accept');
    await consultation.consent();
    await consultation.do('wait');
    await consultation.do('start');
    return consultation;
  }
}

/** One consultation, from outside and through the tokens of those in it. */
export class Consultation {
  constructor(hospital, id, people) {
    this.hospital = hospital;
    this.id = id;
    this.people = people;
  }

  get path() {
    return `/consultations/${this.id}`;
  }

  pseudonym(name) {
    return this.people[name].pseudonym;
  }

  view() {
    return this.hospital.ask('GET', this.path);
  }

  async state() {
    return (await this.view()).state;
  }

  /** What the server answers to one who would join now: status and code. */
  async joining(name) {
    const pass = await token(this.pseudonym(name), this.id, { name: '' });
    const response = await fetch(`${this.hospital.server.httpUrl}/rtc/validate?access_token=${pass}`);
    return `${response.status} ${(await response.text()).match(/^[a-z-]+/)?.[0]}`;
  }

  /** The approval by the facility's leader, of all or of some. */
  approve(names = Object.keys(this.people)) {
    return this.hospital.ask('POST', `${this.path}/approvals`, { pseudonyms: names.map((name) => this.pseudonym(name)) });
  }

  /** A step of its course. */
  do(step, body) {
    return this.hospital.ask('POST', `${this.path}/${step}`, body);
  }

  consent(by = Object.keys(this.people).find((name) => this.people[name].role === 'PATIENT')) {
    return this.hospital.ask('PUT', `${this.path}/consent`, { by: this.pseudonym(by), textId: 'test-text', textVersion: '1', means: 'PAPER' });
  }

  admit(name) {
    return this.hospital.ask('POST', `${this.path}/participants/${this.pseudonym(name)}/admit`);
  }

  /** Lets somebody in from the lobby as soon as they are there. */
  async admitWhenThere(...names) {
    for (const name of names) {
      await until(`${name} waits in the lobby`, async () =>
        (await this.hospital.ask('GET', `${this.path}/participants/${this.pseudonym(name)}`)).seat !== 'OUT');
      await this.admit(name);
    }
  }

  async token(name, more = {}) {
    return (await this.hospital.ask('POST', `${this.path}/tokens`, { pseudonym: this.pseudonym(name), ...more })).token;
  }

  /** An order of somebody in the session; the answer's status and body. */
  async order(token, command, body = {}) {
    const response = await fetch(`${this.hospital.server.httpUrl}/consultation/v1/session/${command}`, {
      method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }

  /** What somebody in the session is told of it. */
  async session(token) {
    const response = await fetch(`${this.hospital.server.httpUrl}/consultation/v1/session`, { headers: { Authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  }
}

/** A consultation that a development server makes to try out: everybody approved, with a token of each role. */
export async function tryOut(server, { trainees = 0, consent = true, begin = true } = {}) {
  const response = await fetch(`${server.httpUrl}/dev/consultation`, { method: 'POST', headers: { Origin: server.httpUrl },
    body: JSON.stringify({ trainees, consent, begin }) });
  assert.equal(response.status, 200, 'a consultation to try out');
  return new TriedOut(server, await response.json());
}

/** Gives orders and tokens by role. */
export class TriedOut extends Consultation {
  constructor(server, { consultation, people }) {
    super(new Hospital(server), consultation, {});
    this.everybody = people;
  }

  person(role, index = 0) {
    const person = this.everybody.filter((each) => each.role === role)[index];
    assert.ok(person, `somebody with the role ${role}`);
    return person;
  }

  token(role, index = 0) {
    return this.person(role, index).token;
  }

  order(role, command, body) {
    return super.order(this.token(role), command, body);
  }

  /** Loosens the face policy that the one with this role sees now. */
  async loosen(role, policy) {
    const { body } = await this.session(role);
    return this.order(role, 'policy', { ...policy, seenEpoch: body.facePolicy.epoch });
  }

  session(role) {
    return super.session(this.token(role));
  }
}

/** Sets the clock by which a development server judges consultations so far ahead of the real one. */
export async function aheadBy(server, ms) {
  const response = await fetch(`${server.httpUrl}/dev/clock`, { method: 'POST', headers: { Origin: server.httpUrl }, body: JSON.stringify({ aheadMs: ms }) });
  assert.equal(response.status, 200, 'the clock of a development server can be set');
}
