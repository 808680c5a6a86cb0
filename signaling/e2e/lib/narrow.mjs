// SPDX-License-Identifier: Apache-2.0
import dgram from 'node:dgram';

/**
 * A narrow link before the media port: passes datagrams on, those towards the client no faster than a rate, through a
 * queue that drops what would wait too long. What comes from the client passes at once.
 */
export class NarrowLink {
  #outside;
  #pairs = new Map();
  #target;
  #queueMs;
  #freeAtMs = 0;
  kbps;
  dropped = 0;
  passedBytes = 0;

  static async start(targetPort, { kbps, queueMs = 500 } = {}) {
    const link = new NarrowLink();
    link.#target = targetPort;
    link.#queueMs = queueMs;
    link.kbps = kbps;
    link.#outside = await bound();
    link.#outside.on('message', (datagram, client) => void link.#fromClient(datagram, client));
    return link;
  }

  get port() {
    return this.#outside.address().port;
  }

  /** What a page runs before all else: candidates name this link in place of the server. */
  script() {
    return `(() => {
      const port = / ${this.#target} typ host/g;
      const set = RTCPeerConnection.prototype.setRemoteDescription;
      RTCPeerConnection.prototype.setRemoteDescription = function (description) {
        return set.call(this, { type: description.type, sdp: description.sdp.replace(port, ' ${this.port} typ host') });
      };
      const Plain = RTCPeerConnection;
      window.connections = [];
      window.RTCPeerConnection = class extends Plain {
        constructor(...given) {
          super(...given);
          window.connections.push(this);
        }
      };
    })()`;
  }

  async #fromClient(datagram, client) {
    const key = `${client.address}:${client.port}`;
    if (!this.#pairs.has(key)) {
      this.#pairs.set(key, bound().then((socket) => {
        socket.on('message', (answer) => this.#toClient(answer, client));
        return socket;
      }));
    }
    (await this.#pairs.get(key)).send(datagram, this.#target, '127.0.0.1');
  }

  #toClient(datagram, client) {
    const nowMs = performance.now();
    const waitMs = Math.max(0, this.#freeAtMs - nowMs);
    if (waitMs > this.#queueMs) {
      this.dropped += 1;
      return;
    }
    // IPv4 and UDP headers pass the link too.
    this.#freeAtMs = nowMs + waitMs + (datagram.length + 28) * 8 / this.kbps;
    setTimeout(() => {
      this.passedBytes += datagram.length + 28;
      this.#outside.send(datagram, client.port, client.address, () => {});
    }, this.#freeAtMs - nowMs);
  }

  async close() {
    for (const pair of this.#pairs.values()) {
      (await pair).close();
    }
    this.#outside.close();
  }
}

async function bound() {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}
