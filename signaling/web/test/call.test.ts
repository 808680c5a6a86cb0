// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** A room in which the test is the server. */
const rooms = vi.hoisted(() => ({ made: [] as unknown[] }));

vi.mock('livekit-client', async (original) => ({
  ...await original<typeof import('livekit-client')>(),
  Room: class extends EventEmitter {
    name = 'C_123456789abc';
    metadata = '';
    state = 'connected';
    readonly engine = Object.assign(new EventEmitter(), { client: { rtt: 0, sendUpdateLocalMetadata: async () => {} } });
    readonly remoteParticipants = new Map();
    readonly localParticipant = new FakeMe();
    constructor() {
      super();
      rooms.made.push(this);
    }
    async connect() {}
  },
}));
vi.mock('../src/cover/cover', () => ({
  Cover: { start: async (camera: { stop(): void }) => ({ track: { covered: true }, listen() {}, stop: () => camera.stop() }) },
}));
vi.mock('../src/cover/track', () => ({
  FixedTrack: class {},
  CoveredTrack: class {
    isStopped = false;
  },
}));
vi.mock('../src/tile', () => ({
  Tile: class {
    element = document.createElement('div');
    show() {}
    draw() {}
    dispose() {}
  },
}));

/** The patient, as the library has them; only the camera matters. */
class FakeMe {
  readonly audioTrackPublications = new Map();
  identity = 'P_me';
  sid = 'PA_me';
  isLocal = true;
  attributes: Record<string, string> = { 'nhipcau.role': 'patient', 'nhipcau.seat': 'in' };
  permissions = { canPublish: true, canPublishSources: [] };
  isMicrophoneEnabled = false;
  readonly published: string[] = [];
  camera: { source: string; isMuted: boolean; trackSid: string; track: { isStopped: boolean; stop(): void } } | undefined;

  get isCameraEnabled() { return !!this.camera; }
  get videoTrackPublications() { return new Map(this.camera ? [['TR_1', this.camera]] : []); }
  get trackPublications() { return this.videoTrackPublications; }
  getTrackPublication(source: string) { return source === 'camera' ? this.camera : undefined; }
  async setCameraEnabled(on: boolean) {
    if (on && !this.camera) {
      this.#publish('clear', { isStopped: false, stop() {} });
    }
  }
  async publishTrack(track: { isStopped: boolean; stop(): void }) { this.#publish('covered', track); }
  async unpublishTrack() { this.camera = undefined; }
  #publish(what: string, track: { isStopped: boolean; stop(): void }) {
    this.published.push(what);
    this.camera = { source: 'camera', isMuted: false, trackSid: 'TR_1', track };
  }
}

const { Call } = await import('../src/call');
const { SenderGuard } = await import('../src/cover/guard');

describe('the camera of a patient in a call', () => {
  let call: InstanceType<typeof Call>;
  let me: FakeMe;
  let room: EventEmitter & { metadata: string; localParticipant: FakeMe };
  let told: string[];
  const says = (stage: string, mode: string) => {
    room.metadata = JSON.stringify({ consultation: { state: stage, facePolicy: { mode }, consent: true } });
    room.emit('roomMetadataChanged');
  };
  /** The server takes the track back, as it does when the session is suspended. */
  const takesBack = () => {
    const publication = me.camera!;
    me.camera = undefined;
    publication.track.isStopped = true;
    room.emit('localTrackUnpublished', publication);
  };
  const seat = (where: string) => {
    me.attributes = { ...me.attributes, 'nhipcau.seat': where };
    room.emit('participantAttributesChanged');
  };
  const settled = async () => {
    for (let i = 0; i < 50; i++) {
      await Promise.resolve();
    }
  };

  beforeEach(async () => {
    vi.stubGlobal('navigator', { mediaDevices: {
      getUserMedia: async () => ({ getVideoTracks: () => [{ kind: 'video', stop() {} }] }) } });
    told = [];
    call = new Call(document.createElement('div'), { say: (key: string) => key } as never,
      { changed() {}, told: (key) => told.push(key), ended() {} }, new SenderGuard());
    room = rooms.made.at(-1) as never;
    me = room.localParticipant;
    says('in_session', 'cover');
    await call.join('wss://x', 'token');
  });
  afterEach(() => {
    room.emit('disconnected');
    vi.unstubAllGlobals();
  });

  it('should come back covered after an interruption, as it was wished', async () => {
    await call.setCamera(true);
    says('suspended', 'cover');
    takesBack();
    says('in_session', 'cover');
    await settled();
    expect(me.published).toEqual(['covered', 'covered']);
  });

  it('should not come back clear when the policy was loosened while the session was suspended', async () => {
    await call.setCamera(true);
    says('suspended', 'cover');
    takesBack();
    says('suspended', 'off');
    says('in_session', 'off');
    await settled();
    expect([me.published, call.cameraOn]).toEqual([['covered'], false]);
    expect(told).toEqual(['coverNotNeeded']);
    await call.setCamera(true);
    expect(me.published).toEqual(['covered', 'clear']);
  });

  it('should not come back clear when the policy was loosened before the session was suspended', async () => {
    await call.setCamera(true);
    says('in_session', 'off');
    expect([told, call.cameraOn]).toEqual([['coverMayEnd'], true]);
    says('suspended', 'off');
    takesBack();
    says('in_session', 'off');
    await settled();
    expect([me.published, call.cameraOn]).toEqual([['covered'], false]);
  });

  it('should not begin clear on leaving the lobby, when a cover was due as it was wished', async () => {
    seat('lobby');
    await call.setCamera(true);
    says('in_session', 'off');
    seat('in');
    await settled();
    expect([me.published, told]).toEqual([[], ['coverNotNeeded']]);
  });

  it('should begin covered when a cover was due as it was wished and is not any more when its turn comes', async () => {
    const begun = call.setCamera(true);
    says('in_session', 'off');
    await begun;
    expect(me.published).toEqual(['covered']);
  });
});
