// SPDX-License-Identifier: Apache-2.0
import {
  DisconnectReason,
  type LocalParticipant,
  type Participant,
  Room,
  RoomEvent,
  Track,
  VideoPresets,
} from 'livekit-client';
import { Camera } from './camera';
import { type Cause, causeIn } from './cause';
import { type Consultation, consultationOf, latchedTrack, mustCover, type Part, partOf, roleText } from './consultation/state';
import type { CoverEnd } from './cover/cover';
import type { SenderGuard } from './cover/guard';
import { CoverUnavailable } from './cover/making';
import { Hearing } from './hearing';
import type { Key, Words } from './i18n';
import { publishDefaults } from './publishing';
import { OwnLink } from './quality/link';
import { SeatPatience } from './retry';
import { ThinSpeech } from './speech';
import { uplinkVerdict } from './verdict';
import { Wall } from './wall';
import { type Device, Wish } from './wish';

/** What the page wants to know of a running call. */
export interface CallListener {
  /** Controls, tiles or state changed. */
  changed(): void;
  /** Something worth a line to read or hear. */
  told(key: Key, values?: Record<string, string>): void;
  /** The call is over; `reason` is missing when the person left. */
  ended(reason: Key | undefined): void;
}

/** One call: the room, what the person wants to be seen and heard with, and what the server says of both. */
export class Call {
  readonly room: Room;
  readonly link = new OwnLink();
  readonly #wall: Wall;
  readonly #hearing: Hearing;
  /** By participant. */
  readonly #causes = new Map<string, Cause>();
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #camera: Camera;
  readonly #microphoneWish = new Wish(this.#microphoneDevice(), (error) => this.#refused('microphoneRefused', error));
  readonly #cameraWish = new Wish(this.#cameraDevice(), (error) => this.#refused('cameraRefused', error));
  #ticks = 0;
  #wake: WakeLockSentinel | undefined;
  /** As the server last renewed it. */
  token = '';
  reconnecting = false;
  over = false;

  constructor(wall: HTMLElement, private readonly words: Words, private readonly listener: CallListener,
      guard: SenderGuard) {
    this.room = new Room({
      adaptiveStream: true,
      dynacast: true,
      reconnectPolicy: new SeatPatience(),
      audioCaptureDefaults: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      videoCaptureDefaults: { resolution: VideoPresets.h720.resolution },
      publishDefaults,
    });
    this.#wall = new Wall(wall, words);
    this.#hearing = new Hearing(this.room);
    new ThinSpeech(this.room);
    this.#camera = new Camera(this.room, guard, {
      coverEnded: (why) => this.#coverEnded(why),
      clearChanged: (on) => {
        this.listener.told(on ? 'clearBegan' : 'clearEnded');
        this.redraw();
      },
    });
    this.#listen();
    this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  async join(url: string, token: string): Promise<void> {
    this.token = token;
    try {
      await this.room.connect(url, token);
    } catch (error) {
      this.#close();
      throw error;
    }
    this.#learn();
    this.redraw();
    await this.#stayAwake();
  }

  get me(): LocalParticipant {
    return this.room.localParticipant;
  }

  /** What the person wants to be heard and seen with. */
  get wanted(): Readonly<{ microphone: boolean; camera: boolean }> {
    return { microphone: this.#microphoneWish.wanted, camera: this.#cameraWish.wanted };
  }

  /** The consultation that the room is; undefined: a plain room. */
  get consultation(): Consultation | undefined {
    return consultationOf(this.room.name, this.room.metadata);
  }

  /** The person's own part in it. */
  get part(): Part {
    return partOf(this.me.attributes);
  }

  /** Whether the person may be seen and heard here, and see and hear; not so in the lobby, and while all is suspended. */
  get inside(): boolean {
    const { consultation } = this;
    return !consultation || this.part.seat === 'in' && consultation.stage !== 'suspended';
  }

  /** Whether the person's picture is covered before it leaves. */
  get covering(): boolean {
    return this.#camera.covering;
  }

  get cameraOn(): boolean {
    return this.#camera.on;
  }

  /** The signal's time to the server and back; 0: not measured yet. */
  get roundTripMs(): number {
    return this.room.engine?.client.rtt ?? 0;
  }

  /** Whether the server takes this from the person now. */
  maySend(source: Track.Source): boolean {
    const permissions = this.me.permissions;
    const sources = permissions?.canPublishSources ?? [];
    return this.inside && permissions?.canPublish !== false
      && (sources.length === 0 || sources.includes(Track.sourceToProto(source)));
  }

  async setMicrophone(on: boolean): Promise<void> {
    await this.#microphoneWish.set(on);
    this.redraw();
  }

  async setCamera(on: boolean): Promise<void> {
    await this.#cameraWish.set(on);
    this.redraw();
  }

  async nextCamera(): Promise<void> {
    await this.#device('cameraRefused', () => this.#camera.next());
  }

  async setScreen(on: boolean): Promise<void> {
    await this.#device('screenRefused', () => this.me.setScreenShareEnabled(on, { audio: true }));
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
  }

  /** Whose picture stays cut until it is released: the track, by identity. */
  get latched(): ReadonlyMap<string, string> {
    return new Map([...this.room.remoteParticipants.values()].flatMap(({ identity, attributes }) => {
      const track = latchedTrack(attributes);
      return track ? [[identity, track] as const] : [];
    }));
  }

  /** Draws the wall and all that hangs on the call anew; cheap enough to be called on every event. */
  redraw(): void {
    this.#wall.draw({
      everybody: this.inside ? [this.me, ...this.room.remoteParticipants.values()] : [],
      consultation: this.consultation,
      sends: this.maySend(Track.Source.Camera) || this.maySend(Track.Source.Microphone),
      ownFace: !this.covering ? undefined : this.#camera.clearBeside ? 'beside' : 'covered',
      causeOf: ({ sid }) => this.#causes.get(sid) ?? 'none',
    });
    this.listener.changed();
  }

  /** Takes over what the server says of the consultation and of the person's part; what must be covered, at once. */
  #learn(): void {
    const { consultation } = this;
    const cover = mustCover(consultation, this.part);
    if (cover !== this.#camera.covering) {
      const seen = this.#camera.on;
      const wished = this.#cameraWish.wanted;
      this.#camera.require(cover);
      if (!cover) {
        // They wished to be seen covered: what is off now, or goes off later, comes back clear only when they ask for it.
        this.#cameraWish.drop();
      }
      if (seen) {
        this.listener.told(cover ? 'coverBegan' : 'coverMayEnd');
      } else if (wished && !cover) {
        this.listener.told('coverNotNeeded');
      }
    }
    this.#camera.offer(consultation?.offerClear ?? '');
    if (consultation) {
      void this.#microphoneWish.takeUp();
      void this.#cameraWish.takeUp();
    }
  }

  #microphoneDevice(): Device {
    const call = this;
    return {
      get allowed() { return call.maySend(Track.Source.Microphone); },
      get on() { return call.me.isMicrophoneEnabled; },
      turnOn: () => call.me.setMicrophoneEnabled(true).finally(() => call.redraw()),
      turnOff: () => call.me.setMicrophoneEnabled(false),
      withdraw: async () => {
        const track = call.me.getTrackPublication(Track.Source.Microphone)?.track;
        return track && call.me.unpublishTrack(track, true);
      },
    };
  }

  #cameraDevice(): Device {
    const call = this;
    return {
      get allowed() { return call.maySend(Track.Source.Camera); },
      get on() { return call.#camera.on; },
      turnOn: () => call.#camera.set(true).finally(() => call.redraw()),
      turnOff: () => call.#camera.set(false),
      withdraw: () => call.#camera.withdraw(),
    };
  }

  #coverEnded(why: CoverEnd): void {
    // Not again by itself: the person is told, and asks for it.
    this.#cameraWish.drop();
    this.listener.told(why === 'camera' ? 'coverEndedCamera' : 'coverEndedDead');
    this.redraw();
  }

  #listen(): void {
    const { room } = this;
    const redraw = () => this.redraw();
    for (const event of [
      RoomEvent.TrackPublished, RoomEvent.TrackUnpublished, RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted, RoomEvent.TrackUnmuted, RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished,
      RoomEvent.ActiveSpeakersChanged, RoomEvent.ConnectionQualityChanged, RoomEvent.TrackStreamStateChanged,
      RoomEvent.ParticipantNameChanged, RoomEvent.AudioPlaybackStatusChanged,
    ] as const) {
      room.on(event, redraw);
    }
    for (const event of [RoomEvent.RoomMetadataChanged, RoomEvent.ParticipantPermissionsChanged, RoomEvent.ParticipantAttributesChanged] as const) {
      room.on(event, () => {
        this.#learn();
        this.redraw();
      });
    }
    room.on(RoomEvent.TrackMuted, ({ source }, who) => {
      // Also by somebody else: then it is not turned on again unasked.
      if (who.isLocal && source === Track.Source.Microphone) {
        this.#microphoneWish.drop();
      } else if (who.isLocal && source === Track.Source.Camera) {
        this.#cameraWish.drop();
      }
    });
    room.engine.on('tokenRefreshed', (token) => {
      this.token = token;
    });
    // The room's own handling of a message tells of changed marks alone, the cause may change without one.
    room.engine.on('connectionQualityUpdate', (update) => {
      for (const info of update.updates) {
        this.#causes.set(info.participantSid, causeIn(info));
        if (info.participantSid === this.me.sid) {
          this.link.take(info, performance.now());
        }
      }
      redraw();
    });
    room.on(RoomEvent.ParticipantConnected, (who) => this.#cameOrWent('someoneJoined', who));
    room.on(RoomEvent.ParticipantDisconnected, (who) => this.#cameOrWent('someoneLeft', who));
    room.on(RoomEvent.SignalReconnecting, () => this.#setReconnecting(true));
    room.on(RoomEvent.Reconnecting, () => this.#setReconnecting(true));
    room.on(RoomEvent.Reconnected, () => this.#setReconnecting(false));
    room.on(RoomEvent.Disconnected, (reason) => {
      this.#close();
      this.listener.ended(endText(reason));
    });
  }

  #cameOrWent(key: 'someoneJoined' | 'someoneLeft', who: Participant): void {
    const name = this.consultation ? this.words.say(roleText(partOf(who.attributes).role)) : who.name || who.identity;
    this.listener.told(key, { name });
    this.redraw();
  }

  #setReconnecting(now: boolean): void {
    if (this.reconnecting !== now) {
      this.reconnecting = now;
      this.listener.told(now ? 'reconnecting' : 'reconnected');
      this.redraw();
    }
  }

  async #device(refused: Key, change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } catch (error) {
      this.#refused(refused, error);
    }
    this.redraw();
  }

  /** Refused, absent or in use: the call goes on without the device. */
  #refused(key: Key, error: unknown): void {
    this.listener.told(error instanceof CoverUnavailable ? 'coverUnavailable' : window.isSecureContext ? key : 'insecure');
    this.redraw();
  }

  #tick(): void {
    this.#wall.check(document.visibilityState === 'visible' && !this.reconnecting);
    this.#camera.look(uplinkVerdict(this.me.connectionQuality, this.#causes.get(this.me.sid) ?? 'none'));
    this.#ticks += 1;
    if (this.#ticks % 2 === 0) {
      void this.#hearing.listenAhead();
    }
  }

  async #stayAwake(): Promise<void> {
    try {
      this.#wake = await navigator.wakeLock?.request('screen');
    } catch {
      // Battery saver or an old browser: the screen may go dark, the call goes on.
    }
  }

  #close(): void {
    if (this.over) {
      return;
    }
    this.over = true;
    clearInterval(this.#ticker);
    void this.#wake?.release();
    this.#wall.clear();
  }
}

/** What a person is told about the end of a call; nothing when it was their own wish. */
export function endText(reason: DisconnectReason | undefined): Key | undefined {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return undefined;
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'endedElsewhere';
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'endedRemoved';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'endedRoom';
    default:
      return 'endedLost';
  }
}
