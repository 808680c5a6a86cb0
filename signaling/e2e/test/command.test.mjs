// SPDX-License-Identifier: Apache-2.0
// The command as a stranger uses it: what it prints, how it ends, and how the started server answers plain HTTP.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TokenVerifier } from 'livekit-server-sdk';
import { Server } from '../lib/server.mjs';
import { apiKey, apiSecret, token } from '../lib/token.mjs';
import { distribution } from '../lib/wait.mjs';

const command = fileURLToPath(new URL('../../../nhipcau', import.meta.url));

function run(...words) {
  return new Promise((resolve) => {
    execFile(command, words, { cwd: tmpdir(), timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? 'killed') : 0, stdout, stderr }));
  });
}

describe('the command', () => {
  it('should help, tell its version and refuse what it does not know', async () => {
    const help = await run('--help');
    assert.equal(help.code, 0);
    for (const word of ['up', 'signaling', 'sfu', 'token', 'config', 'test', 'fuzz', 'bench', 'build']) {
      assert.match(help.stdout, new RegExp(`^  ${word}\\b`, 'm'), `help names ${word}`);
    }
    assert.match((await run('--version')).stdout, /^nhipcau \d+\.\d+\.\d+/);
    assert.equal((await run('nonsense')).code, 2);
    assert.equal((await run()).code, 2);
    assert.equal((await run('test', '--nonsense')).code, 1);
    assert.equal((await run('fuzz', 'NoSuchFuzzTest')).code, 1);
    for (const part of ['up', 'signaling', 'sfu', 'token', 'config']) {
      const help = await run(part, '--help');
      assert.equal(help.code, 0, `${part} --help`);
      assert.match(help.stdout, new RegExp(`\\b${part}\\b`));
    }
  });

  it('should find a JDK where java is older or absent, and say what to install where there is none', () => {
    const found = spawnSync(command, ['config', '--help'], { env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', NHIPCAU_SKIP_BUILD: '1' } });
    assert.equal(found.status, 0, found.stderr.toString());
    assert.doesNotMatch(found.stderr.toString(), /UnsupportedClassVersion/);
  });

  it('should print a token that the server SDK verifies', async () => {
    const { code, stdout } = await run('token', '--dev', '--identity', 'site-1', '--room', 'r1', '--name', 'Trạm Ẳng Cang');
    assert.equal(code, 0);
    const claims = await new TokenVerifier(apiKey, apiSecret).verify(stdout.trim());
    assert.equal(claims.sub, 'site-1');
    assert.equal(claims.name, 'Trạm Ẳng Cang');
    assert.equal(claims.video.room, 'r1');
    assert.equal(claims.video.roomJoin, true);
  });

  it('should stop on an unknown or wrong key, naming it, its value and what is allowed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nhipcau-command-'));
    const file = join(directory, 'a.conf');
    try {
      for (const [text, expected] of [
        ['signaling.http.prot = 1', [/http\.prot/, /http\.port/]],
        ['signaling.http.port = 70000', [/http\.port/, /70000/, /65535/]],
        ['sfu.consent-timeout-ms = soon', [/sfu\.consent-timeout-ms/, /soon/]],
        ['sfu.packet-cache-packets = 1000', [/packet/i, /1000/, /power of two/]],
        ['log.format = xml', [/log\.format/, /xml/, /json/]],
      ]) {
        writeFileSync(file, `${text}\n`);
        const { code, stdout, stderr } = await run('up', '--dev', '--config', file);
        assert.notEqual(code, 0, text);
        for (const pattern of expected) {
          assert.match(stdout + stderr, pattern, text);
        }
        assert.doesNotMatch(stderr, /\tat |Exception/, 'no stack trace for a person');
      }
      const missing = await run('up', '--dev', '--config', join(directory, 'none.conf'));
      assert.notEqual(missing.code, 0);
      assert.match(missing.stderr + missing.stdout, /none\.conf/);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('should be ready within two seconds once built', { skip: process.env.NHIPCAU_E2E_FAST ? 'left out by --fast' : false }, async (t) => {
    const times = [];
    const helps = [];
    // The first start on a machine makes the tables and keys: it is not a warm one.
    const directory = mkdtempSync(join(tmpdir(), 'nhipcau-warm-'));
    await (await Server.start({ apart: false, directory })).stop();
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      await run('config', '--help');
      helps.push(performance.now() - began);
      const server = await Server.start({ apart: false, directory });
      times.push(server.readyMs);
      assert.match(server.processes[0].out, new RegExp(`^ready .*http://127\\.0\\.0\\.1:${server.port}\\b`, 'm'));
      assert.equal(server.processes[0].out.match(/^ready\b/gm).length, 1, 'one ready line');
      await server.stop();
    }
    rmSync(directory, { recursive: true, force: true });
    const d = distribution(times);
    const help = distribution(helps).min;
    t.diagnostic(`command to ready line, ${d.count} warm starts: min ${Math.round(d.min)} ms, median ${Math.round(d.median)}, `
      + `max ${Math.round(d.max)}; help: min ${Math.round(help)}`);
    // Whatever else the machine does only adds to a start: the quickest one tells what the command takes. A machine on
    // which a JVM that prints its help takes 0.4 s and more is too slow for two seconds, and is given its share.
    assert.ok(d.min < Math.max(2000, 5 * help), `the quickest took ${d.min} ms, the quickest help ${help} ms`);
  });
});

describe('plain HTTP', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server?.stop());

  it('should serve the page with strict headers, and nothing outside of it', async () => {
    const page = await fetch(server.httpUrl);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    assert.match(await page.text(), /<title>Nhịp Cầu<\/title>/);
    assert.match(page.headers.get('content-security-policy'), /default-src 'self'|default-src 'none'/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    for (const path of ['/../pom.xml', '/%2e%2e/pom.xml', '/assets/', '/.built', '/org/nhipcau/signaling/launch/Main.class', '/logback.xml']) {
      assert.equal((await fetch(server.httpUrl + path)).status, 404, path);
    }
    assert.equal((await fetch(server.httpUrl, { method: 'HEAD' })).status, 200);
  });

  it('should give development tokens to its own page only', async () => {
    const ask = (body, headers = {}) => fetch(`${server.httpUrl}/dev/token`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });
    const good = await ask('{"room":"r","name":"An"}', { Origin: server.httpUrl });
    assert.equal(good.status, 200);
    const claims = await new TokenVerifier(apiKey, apiSecret).verify((await good.json()).token);
    assert.equal(claims.video.room, 'r');
    assert.equal(claims.name, 'An');
    assert.equal((await ask('{"room":"r"}', { Origin: 'https://elsewhere.example' })).status, 404);
    assert.equal((await ask('{}')).status, 400);
    assert.equal((await ask('nonsense')).status, 400);
    assert.ok([400, 413].includes((await ask(`{"room":"${'x'.repeat(10_000)}"}`)).status));
    assert.equal((await fetch(`${server.httpUrl}/dev/token`)).status, 404);
  });

  it('should give no development tokens without --dev', async () => {
    const strict = await Server.start({ dev: false, apart: false });
    try {
      const answer = await fetch(`${strict.httpUrl}/dev/token`, { method: 'POST', body: '{"room":"r"}' });
      assert.equal(answer.status, 404);
    } finally {
      await strict.stop();
    }
  });

  it('should say why a join is refused, and no more', async () => {
    for (const [query, status] of [['', 401], ['?access_token=nonsense', 401], [`?access_token=${await token('an', 'r', { ttl: '-1h' })}`, 401]]) {
      const answer = await fetch(`${server.httpUrl}/rtc/validate${query}`);
      assert.equal(answer.status, status);
      assert.doesNotMatch(await answer.text(), /Exception|eyJ|\bat\b .*\(/);
    }
    const good = await fetch(`${server.httpUrl}/rtc/validate?access_token=${await token('an', 'r')}`);
    assert.equal(good.status, 200);
    assert.equal(await good.text(), 'success');
    assert.equal((await fetch(`${server.httpUrl}/rtc/v1`)).status, 404, 'not an upgrade');
  });

  it('should tell health and readiness on the admin port only', async () => {
    const admin = `http://127.0.0.1:${server.adminPort}`;
    assert.equal((await fetch(`${admin}/healthz`)).status, 200);
    assert.equal((await fetch(`${admin}/readyz`)).status, 200);
    assert.equal((await fetch(`${admin}/metrics`)).status, 200);
    assert.equal((await fetch(`${server.httpUrl}/metrics`)).status, 404);
    assert.equal((await fetch(`${server.httpUrl}/healthz`)).status, 404);
  });
});
