// SPDX-License-Identifier: Apache-2.0
// Starts the real server through ./nhipcau, on free ports and with a data directory of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import dgram from 'node:dgram';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiKey, apiSecret } from './token.mjs';
import { until, within } from './wait.mjs';

const command = fileURLToPath(new URL('../../../nhipcau', import.meta.url));

/** True when signaling and media shall run as two processes. */
export const split = process.env.NHIPCAU_E2E_SPLIT === '1';

/** A server (or the pair of them) with its logs. */
export class Server {
  processes = [];
  readyMs = 0;

  /**
   * @param settings configuration beyond the ports, as key=value
   * @param javaOptions of the JVM
   * @param options further command line options, e.g. for logs
   * @param directory of its data, which the caller removes; its own when there is none
   */
  static async start({ settings = [], options = [], apart = split, dev = true, javaOptions = [], directory } = {}) {
    const server = new Server();
    server.dev = dev;
    server.javaOptions = javaOptions;
    server.kept = directory;
    server.directory = directory ?? mkdtempSync(join(tmpdir(), 'nhipcau-e2e-'));
    [server.port, server.adminPort, server.sfuAdminPort, server.controlPort] = await freeTcpPorts(4);
    server.mediaPort = await freeUdpPort();
    try {
      await server.#launch(settings, options, apart);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #launch(settings, options, apart) {
    const started = performance.now();
    if (apart) {
      const media = this.#spawn('sfu', this.sfuAdminPort, settings, options);
      await media.ready;
      const signaling = this.#spawn('signaling', this.adminPort, settings, options);
      await signaling.ready;
      // The ready line says that clients may come; the node's connection may take a moment longer.
      await until('signaling reaches the media node', async () => (await fetch(`http://127.0.0.1:${this.adminPort}/readyz`)).ok);
    } else {
      await this.#spawn('up', this.adminPort, settings, options).ready;
    }
    this.readyMs = performance.now() - started;
  }

  #spawn(role, adminPort, settings, options) {
    const words = [role, '--data', join(this.directory, role), '--port', this.port, '--admin-port', adminPort,
      '--media-port', this.mediaPort, '--control-port', this.controlPort,
      ...(this.dev ? ['--dev'] : ['--bind', '127.0.0.1', '--media-bind', '127.0.0.1', '--set', 'signaling.plain-rooms=true']),
      ...settings.flatMap((setting) => ['--set', setting]), ...options];
    const child = spawn(command, words.map(String), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NHIPCAU_JAVA_OPTS: ['-ea', '-Xmx512m', ...this.javaOptions].join(' '), ...(this.dev ? {} : { NHIPCAU_KEYS: `${apiKey}: ${apiSecret}` }) },
    });
    const process_ = { role, child, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => { process_.out += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { process_.err += text; });
    child.exited = once(child, 'exit');
    this.processes.push(process_);
    process_.ready = until(`${role} says ready`, () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        return true;
      }
      return /^ready\b/m.test(process_.out);
    }, 60_000).then(() => {
      if (!/^ready\b/m.test(process_.out)) {
        throw new Error(`${role} ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${process_.out}\n${process_.err}`);
      }
    }, (error) => {
      error.message += `\n${process_.out}\n${process_.err}`;
      throw error;
    });
    return process_;
  }

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }

  get httpUrl() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything the processes have written so far. */
  get logs() {
    return this.processes.map((one) => one.out + one.err).join('\n');
  }

  /** The text of /metrics of all processes, after one another. */
  async metrics() {
    const ports = this.processes.length > 1 ? [this.sfuAdminPort, this.adminPort] : [this.adminPort];
    const texts = await Promise.all(ports.map(async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      if (!response.ok) {
        throw new Error(`/metrics answers ${response.status}`);
      }
      return response.text();
    }));
    return texts.join('\n');
  }

  /** Sum of a metric over its labels that match. */
  async metric(name, labels = '') {
    let sum = 0;
    let found = false;
    for (const line of (await this.metrics()).split('\n')) {
      const match = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})? (\S+)/.exec(line);
      if (match && match[1] === name && (match[2] ?? '').includes(labels)) {
        sum += Number(match[3]);
        found = true;
      }
    }
    return found ? sum : undefined;
  }

  /** Asks the processes to end, and tells their exit codes. */
  async stop() {
    const codes = [];
    for (const { child } of this.processes.reverse()) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        try {
          await within(15_000, 'the server ends on SIGTERM', child.exited);
        } catch (error) {
          child.kill('SIGKILL');
          throw error;
        }
      }
      codes.push(child.exitCode ?? child.signalCode);
    }
    if (!this.kept) {
      rmSync(this.directory, { recursive: true, force: true });
    }
    return codes;
  }
}

async function freeTcpPorts(count) {
  const servers = [];
  for (let i = 0; i < count; i++) {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A UDP port with a few free ones above it, one for each worker. */
async function freeUdpPort() {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const sockets = [];
    try {
      for (let port = first; port < first + 8; port++) {
        const socket = dgram.createSocket('udp4');
        sockets.push(socket);
        socket.bind(port, '127.0.0.1');
        await once(socket, 'listening');
      }
      return first;
    } catch {
      // One of them is taken: look elsewhere.
    } finally {
      sockets.forEach((socket) => socket.close());
    }
  }
  throw new Error('no free UDP ports');
}
