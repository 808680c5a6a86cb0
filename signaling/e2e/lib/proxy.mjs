// SPDX-License-Identifier: Apache-2.0
import net from 'node:net';

/**
 * A TCP proxy before the signaling port: cuts connections as a network would, refuses new ones for a while, can hide
 * the single-connection endpoint, so that clients fall back to the older one, and can send the media another way.
 */
export class SignalProxy {
  #server;
  #pairs = new Set();
  #open = true;
  requests = [];

  /** @param media ports of five digits, exchanged in the candidates that clients are told: { from, to } */
  static async start(targetPort, { hideV1 = false, media } = {}) {
    const proxy = new SignalProxy();
    proxy.#server = net.createServer((client) => proxy.#accept(client, targetPort, hideV1, media));
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

  #accept(client, targetPort, hideV1, media) {
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
      if (media) {
        // Without compression the candidates can be read on their way.
        server.write(Buffer.from(first.toString('latin1').replace(/^Sec-WebSocket-Extensions:/mi, 'X-Left-Out-WebSocket-Ext:'), 'latin1'));
        const exchange = exchanger(` ${media.from} typ `, ` ${media.to} typ `);
        let flush;
        server.on('data', (bytes) => {
          clearTimeout(flush);
          client.write(exchange(bytes));
          // What looks like a beginning and is not followed by anything was none.
          flush = setTimeout(() => client.writable && client.write(exchange()), 20);
        });
        server.on('end', () => client.end());
      } else {
        server.write(first);
        server.pipe(client);
      }
      client.pipe(server);
    });
  }
}

/** Puts one text in the place of another of the same length in a stream of bytes, also where it comes in two pieces. */
function exchanger(from, to) {
  if (from.length !== to.length) {
    throw new Error(`"${from}" and "${to}" differ in length`);
  }
  let held = '';
  return (bytes) => {
    if (!bytes) {
      const rest = Buffer.from(held, 'latin1');
      held = '';
      return rest;
    }
    const text = (held + bytes.toString('latin1')).replaceAll(from, to);
    let keep = from.length - 1;
    while (keep > 0 && !text.endsWith(from.slice(0, keep))) {
      keep -= 1;
    }
    held = text.slice(text.length - keep);
    return Buffer.from(text.slice(0, text.length - keep), 'latin1');
  };
}
