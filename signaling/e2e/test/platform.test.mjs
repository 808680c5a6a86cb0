// SPDX-License-Identifier: Apache-2.0
// Scenario S8: another platform, such as the Ministry's, drives a whole consultation with nothing but ./nhipcau, the REST
// API and webhooks: as a stranger would who has read the README, on a server without --dev.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TokenVerifier } from 'livekit-server-sdk';
import { Hospital, operatorToken } from '../lib/hospital.mjs';
import { NativeClient, dispose } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { apiKey, apiSecret } from '../lib/token.mjs';
import { until } from '../lib/wait.mjs';

const command = fileURLToPath(new URL('../../../nhipcau', import.meta.url));
const names = ['Nguyễn Văn An', 'Lê Thị Hoa', 'Phạm Văn Cường'];
const scopes = ['facilities:write', 'staff:write', 'consultations:read', 'consultations:write', 'pseudonyms:write',
  'participants:approve', 'consent:write', 'tokens:issue', 'attendance:read', 'quality:read', 'exports:read', 'reports:read'];

/** Gets events as another platform does: believes those that are signed, and is out of order once. */
class Receiver {
  events = [];
  texts = [];
  refused = 0;
  #fails = 1;
  #verifier = new TokenVerifier(apiKey, apiSecret);

  static async start() {
    const receiver = new Receiver();
    receiver.server = createServer((request, response) => {
      receiver.#receive(request).then((status) => response.writeHead(status).end(), () => response.writeHead(500).end());
    }).listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/events`;
  }

  async #receive(request) {
    const parts = [];
    for await (const part of request) {
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    try {
      const claims = await this.#verifier.verify(request.headers.authorization);
      assert.equal(claims.sha256, createHash('sha256').update(body).digest('base64'));
    } catch {
      this.refused += 1;
      return 401;
    }
    if (this.#fails > 0) {
      this.#fails -= 1;
      return 503;
    }
    this.texts.push(body.toString());
    this.events.push(JSON.parse(body));
    return 204;
  }

  types() {
    return this.events.map((event) => event.type.replace(/^consultation\./, ''));
  }

  async stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('S8 an outside platform', () => {
  let directory;
  let receiver;
  let server;
  let environment;
  let file;
  let data;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nhipcau-platform-'));
    receiver = await Receiver.start();
    const key = join(directory, 'store.key');
    writeFileSync(key, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    file = join(directory, 'nhipcau.conf');
    writeFileSync(file, `signaling {
  keys { ${apiKey} = "${apiSecret}" }
  store.key = "file:${key}"
  webhooks.consultation-urls = ["${receiver.url}"]
  quality.sample-interval-s = 1
  limits { failed-credentials-per-second = 1, failed-credential-burst = 4 }
}
`, { mode: 0o600 });
    server = await Server.start({ dev: false, apart: false, directory, options: ['--config', file] });
    data = join(directory, 'up');
    environment = { NHIPCAU_SERVER: server.httpUrl };
  });

  after(async () => {
    await dispose();
    await server?.stop();
    await receiver?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A command of ./nhipcau; its output. */
  async function nhipcau(words, { input = '', code = 0 } = {}) {
    const child = spawn(command, words, { cwd: tmpdir(), env: { ...process.env, ...environment }, timeout: 60_000 });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { err += text; });
    child.stdin.end(input);
    const [status] = await once(child, 'close');
    assert.equal(status, code, `./nhipcau ${words.join(' ')}: ${out}${err}`);
    return out;
  }

  /** A command that asks the server; its answer. */
  async function asks(words, options) {
    return JSON.parse(await nhipcau([...words, '--json'], options));
  }

  it('S8 should hold those who guess keys to the configured rate, and keep nobody waiting who has one', async () => {
    const { key } = await new Hospital(server, operatorToken(['keys:manage', 'facilities:read'])).ask('POST', '/api-keys', { label: 'guarded', scopes: ['facilities:read'] });
    const get = (credential) => fetch(`${server.httpUrl}/api/v1/facilities`, { headers: { Authorization: `Bearer ${credential}` } });
    const statuses = [];
    for (let i = 0; i < 8; i++) {
      statuses.push((await get(`${key.slice(0, -43)}${'A'.repeat(43)}`)).status);
    }
    assert.deepEqual([...new Set(statuses)], [401, 429], `${statuses}`);
    assert.equal((await get(key)).status, 200);
  });

  const local = () => ['--config', file, '--data', data];

  it('S8 should drive a whole consultation by command, API and webhooks, and find it on a proved record', { timeout: 200_000 }, async (t) => {
    // The operator makes a key for the platform; from here on nobody needs the server's secret.
    const { key } = await asks(['apikey', 'add', '--config', file, '--label', 'vtelehealth', '--scope', scopes.join(',')]);
    environment.NHIPCAU_API_KEY = key;
    const platform = new Hospital(server, key);

    await Promise.all([
      nhipcau(['facility', 'add', 'BM-01', '--name', 'Bệnh viện Bạch Mai', '--level', 'CENTRAL', '--province', '01']),
      platform.ask('POST', '/facilities', { code: 'YT-27', name: 'Trạm y tế Ẳng Cang', level: 'COMMUNE', province: '11', district: '102' })]);
    const [chair, doctor, patient] = (await Promise.all([
      asks(['staff', 'add', '--role', 'CHAIR', '--facility', 'BM-01'], { input: `${names[0]}\n` }),
      platform.ask('POST', '/staff', { fullName: names[1], role: 'PRESENTING_DOCTOR', facility: 'YT-27' }),
      asks(['consultation', 'patient', '--reference', 'BN-3'], { input: `${names[2]}\n` })])).map(({ pseudonym }) => pseudonym);
    const { id } = await asks(['consultation', 'request', '--kind', 'ON_DEMAND', '--facility', 'BM-01', '--requester', 'YT-27', '--patient', patient,
      '--participant', `${chair}:CHAIR:BM-01`, '--participant', `${doctor}:PRESENTING_DOCTOR:YT-27`, '--participant', `${patient}:PATIENT`]);
    const path = `/consultations/${id}`;
    await assert.rejects(platform.ask('POST', `${path}/tokens`, { pseudonym: chair }), (error) => error.code === 'not-approved', 'not on an approved list yet');

    await platform.ask('POST', `${path}/accept`);
    await nhipcau(['consultation', 'approve', id, chair, doctor, patient]);
    await nhipcau(['consultation', 'consent', id, '--by', patient, '--text', 'tele-2', '--text-version', '1', '--means', 'PAPER']);
    await platform.ask('POST', `${path}/wait`);
    await platform.ask('POST', `${path}/start`);

    // Two sites with the tokens that they were given, over real media.
    const tokens = [(await asks(['consultation', 'token', id, chair])).token, (await platform.ask('POST', `${path}/tokens`, { pseudonym: doctor })).token];
    const [upper, lower] = await Promise.all(tokens.map((token) => NativeClient.join(server.url, token)));
    await upper.publishTone(440);
    await lower.hears(chair, 440);
    await until('how the links are is on record', async () => (await platform.all(`${path}/quality`)).length > 0);
    assert.equal((await platform.all(`${path}/attendance`)).length, 2);

    await nhipcau(['consultation', 'conclude', id, 'DONE']);
    await until('both are sent out', () => upper.saw('disconnected') && lower.saw('disconnected'));
    await until('the end is told', () => receiver.types().includes('concluded'));

    const types = receiver.types();
    assert.equal(types[0], 'requested');
    t.diagnostic(`webhooks: ${types.join(' ')}`);
    for (const type of ['participant-approved', 'consent-recorded', 'session-begun']) {
      assert.ok(types.indexOf('accepted') < types.indexOf(type) && types.indexOf(type) < types.indexOf('concluded'), type);
    }
    const ids = receiver.events.map((event) => event.id);
    assert.equal(new Set(ids).size, ids.length, 'no event twice');
    assert.deepEqual(ids, [...ids].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)), 'in order');
    assert.equal(receiver.refused, 0, 'all were signed');
    for (const name of [...names, 'BN-3']) {
      assert.ok(receiver.texts.every((text) => !text.includes(name)), 'C2: a webhook names nobody');
      assert.ok(!server.logs.includes(name), 'C2: nor does a log');
    }

    // What is left of it.
    const json = join(directory, 'consultation.json');
    const sheet = join(directory, 'sheet.pdf');
    const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() - 17 * 3_600_000).toISOString().slice(0, 10);
    const [report, verified] = await Promise.all([
      nhipcau(['report', ...local(), '--from', yesterday, '--to', today, '--by', 'facility']),
      nhipcau(['audit', 'verify', ...local()]),
      nhipcau(['export', 'consultation', id, ...local(), '--out', json]),
      nhipcau(['export', 'consultation', id, ...local(), '--format', 'pdf', '--names', '--out', sheet])]);
    assert.match(verified, /^whole: \d+ entries, end \d+:[0-9a-f]{64}$/m);
    assert.match(report, /YT-27/);
    const kept = JSON.parse(readFileSync(json, 'utf8'));
    assert.equal(kept.stays.length, 2);
    assert.ok(kept.quality.length > 0 && kept.events.length >= types.length);
    assert.ok(!JSON.stringify(kept).includes(names[0]), 'names only where they are asked for');
    assert.equal(readFileSync(sheet).subarray(0, 5).toString(), '%PDF-');

    // A record with a single byte altered is none: the same command says so, and fails.
    await server.stop();
    const database = join(data, 'nhipcau.db');
    const bytes = readFileSync(database);
    assert.ok(bytes.includes('tele-2'), 'the consent is in the file');
    for (let from = bytes.indexOf('tele-2'); from >= 0; from = bytes.indexOf('tele-2', from + 1)) {
      bytes[from + 5] = '3'.charCodeAt(0);
    }
    writeFileSync(database, bytes);
    await nhipcau(['audit', 'verify', ...local()], { code: 1 });
  });
});
