// SPDX-License-Identifier: Apache-2.0
import dgram from 'node:dgram';
import { once } from 'node:events';
import { pause } from './wait.mjs';

/**
 * A UDP relay before the media port: the network in between. It can lose packets by a seed, be narrow or far, go dead for
 * a while, and give its clients other ports at the server, as a router does that has forgotten its mapping.
 *
 * Clients get there in one of three ways: by a {@link SignalProxy} that puts its port in the place of the media port, by
 * a {@link script} that does so in a page, or, all of them, because it stands at an address that the server announces.
 */
export class MediaRelay {
  /** To be announced by the server (`sfu.announced-addresses`) when all media shall pass a relay. */
  static address = '127.0.0.2';

  /** Everybody who came, in that order, with the RTP packets that passed and got lost by {@link lose}. */
  flows = [];
  /** Datagrams that went through to the server. */
  up = 0;
  /** When the last hole ended, and when the first datagram from the server came after it; 0 before. */
  healedAtMs = 0;
  firstDownAtMs = 0;
  /** Rate towards the clients; what would wait longer than the queue holds is dropped. */
  kbps;
  #queueMs;
  #freeAtMs = 0;
  #front;
  #target;
  #upward;
  #downward;
  #loss;
  #dead = false;
  #closed = false;

  /**
   * @param announced stands at {@link address} with the number of the media port, in place of a port of its own
   * @param delayMs one way
   */
  static async start(mediaPort, { announced = false, delayMs = 0, kbps = Infinity, queueMs = 500 } = {}) {
    const relay = new MediaRelay();
    relay.#target = mediaPort;
    relay.kbps = kbps;
    relay.#queueMs = queueMs;
    relay.#upward = new Line(delayMs);
    relay.#downward = new Line(delayMs);
    relay.#front = announced ? await bound(mediaPort, MediaRelay.address) : await boundAnywhere();
    relay.#front.on('message', (datagram, from) => relay.#fromClient(datagram, from));
    return relay;
  }

  get port() {
    return this.#front.address().port;
  }

  /** What a page runs before all else: candidates name this relay in place of the server. */
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

  /**
   * From now on, RTP to or from clients that come later is lost.
   *
   * @param ratio of packets, 0 to 1
   * @param burst lost in a row, on average (Gilbert)
   * @param way down (to the client) or up
   */
  lose({ ratio, burst = 1 / (1 - ratio), seed = 1, way = 'down' }) {
    this.#loss = { ratio, burst, seed, way };
  }

  /** Nothing gets through any more, either way. */
  cut() {
    this.#dead = true;
  }

  heal() {
    this.#dead = false;
    this.firstDownAtMs = 0;
    this.healedAtMs = performance.now();
  }

  /** Dead for so long. */
  async hole(ms) {
    this.cut();
    await pause(ms);
    this.heal();
  }

  /** From the next datagram on, the server sees the clients at other ports; what it sends to the old ones is lost. */
  changePort() {
    for (const flow of this.flows) {
      flow.socket?.close();
      flow.socket = undefined;
    }
  }

  async close() {
    this.#closed = true;
    this.#upward.clear();
    this.#downward.clear();
    this.changePort();
    await new Promise((resolve) => this.#front.close(resolve));
  }

  // A client may send from another of the machine's addresses than loopback.
  #fromClient(datagram, { address, port }) {
    let flow = this.flows.find((one) => one.port === port && one.address === address);
    if (!flow) {
      flow = { address, port, passed: 0, lost: 0, loses: {} };
      if (this.#loss) {
        flow.loses[this.#loss.way] = gilbert(this.#loss, flow);
      }
      this.flows.push(flow);
    }
    if (!this.#dead && !flow.loses.up?.(datagram)) {
      this.#upward.put(performance.now(), () => {
        this.up += 1;
        this.#socketOf(flow).send(datagram, this.#target, '127.0.0.1');
      });
    }
  }

  #socketOf(flow) {
    if (!flow.socket) {
      const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
      socket.on('message', (datagram) => this.#toClient(datagram, flow));
      socket.on('error', () => {});
      flow.socket = socket;
    }
    return flow.socket;
  }

  #toClient(datagram, flow) {
    if (this.#dead || this.#closed || flow.loses.down?.(datagram)) {
      return;
    }
    const nowMs = performance.now();
    this.firstDownAtMs ||= nowMs;
    const startsMs = Math.max(nowMs, this.#freeAtMs);
    if (startsMs - nowMs > this.#queueMs) {
      return;
    }
    // IPv4 and UDP headers pass the link too.
    this.#freeAtMs = startsMs + (datagram.length + 28) * 8 / this.kbps;
    this.#downward.put(this.#freeAtMs, () => this.#front.send(datagram, flow.port, flow.address));
  }
}

/** Holds datagrams until their time, in their order. */
class Line {
  #delayMs;
  #waiting = [];
  #timer;

  constructor(delayMs) {
    this.#delayMs = delayMs;
  }

  /** @param atMs when the datagram leaves for its way of so many ms; never earlier than the one before */
  put(atMs, send) {
    this.#waiting.push({ atMs: atMs + this.#delayMs, send });
    if (!this.#timer) {
      this.#pump();
    }
  }

  #pump() {
    this.#timer = undefined;
    const nowMs = performance.now();
    while (this.#waiting.length > 0 && this.#waiting[0].atMs <= nowMs) {
      this.#waiting.shift().send();
    }
    if (this.#waiting.length > 0) {
      this.#timer = setTimeout(() => this.#pump(), this.#waiting[0].atMs - nowMs);
    }
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.length = 0;
  }
}

/** A port of five digits, as the media port has: the proxy exchanges them without changing a length. */
async function boundAnywhere() {
  for (let attempt = 0; ; attempt++) {
    try {
      return await bound(40_000 + Math.floor(Math.random() * 20_000), '127.0.0.1');
    } catch (error) {
      if (attempt === 50) {
        throw error;
      }
    }
  }
}

async function bound(port, address) {
  const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  socket.bind(port, address);
  await once(socket, 'listening');
  // A client that is gone answers with "port unreachable".
  socket.on('error', () => {});
  return socket;
}

/** RTP, not STUN, DTLS or RTCP (RFC 7983, RFC 5761). */
function isRtp(message) {
  return message.length > 12 && message[0] >= 128 && message[0] < 192 && !(message[1] >= 192 && message[1] < 224);
}

function gilbert({ ratio, burst, seed }, flow) {
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let i = 0; i < 10; i++) {
    random();
  }
  const enter = ratio / ((1 - ratio) * burst);
  let bad = false;
  return (message) => {
    if (!isRtp(message)) {
      return false;
    }
    bad = bad ? random() >= 1 / burst : random() < enter;
    flow[bad ? 'lost' : 'passed'] += 1;
    return bad;
  };
}
