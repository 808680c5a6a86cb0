// SPDX-License-Identifier: Apache-2.0
import net from 'node:net';

/**
 * A TCP proxy before the signaling port: cuts connections as a network would, refuses new ones for a while, and can hide
 * the single-connection endpoint, so that clients fall back to the older one.
 */
export class SignalProxy {
  #server;
  #pairs = new Set();
  #open = true;
  requests = [];

  static async start(targetPort, { hideV1 = false } = {}) {
    const proxy = new SignalProxy();
    proxy.#server = net.createServer((client) => proxy.#accept(client, targetPort, hideV1));
    await new Promise((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }

  get connections() {
    return this.#pairs.size;
  }

  /** Resets all connections without a closing handshake. */
  cut() {
    for (const pair of this.#pairs) {
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
    }
  }

  refuse() {
    this.#open = false;
  }

  allow() {
    this.#open = true;
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client, targetPort, hideV1) {
    client.on('error', () => {});
    if (!this.#open) {
      client.resetAndDestroy();
      return;
    }
    client.once('data', (first) => {
      const line = first.toString('latin1').split('\r\n', 1)[0];
      // Only method and path: the query holds the token.
      this.requests.push(line.split(' ').slice(0, 2).join(' ').split('?')[0]);
      if (hideV1 && /^GET \/rtc\/v1/.test(line)) {
        client.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n');
        return;
      }
      const server = net.connect(targetPort, '127.0.0.1');
      const pair = { client, server };
      this.#pairs.add(pair);
      server.on('error', () => client.destroy());
      const done = () => {
        this.#pairs.delete(pair);
        client.destroy();
        server.destroy();
      };
      client.on('close', done);
      server.on('close', done);
      server.write(first);
      client.pipe(server);
      server.pipe(client);
    });
  }
}
