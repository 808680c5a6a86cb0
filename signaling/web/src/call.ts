// SPDX-License-Identifier: Apache-2.0
import {
  ConnectionQuality,
  DisconnectReason,
  type LocalParticipant,
  type Participant,
  RemoteAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  Track,
  VideoPresets,
} from 'livekit-client';
import { type Cause, causeIn } from './cause';
import type { Key, Words } from './i18n';
import { pictureNote } from './picture';
import { SoundWait } from './sound';
import { SeatPatience } from './retry';
import { Tile } from './tile';

/** What the page wants to know of a running call. */
export interface CallListener {
  /** Controls, tiles or state changed. */
  changed(): void;
  /** Something worth a line to read or hear. */
  told(key: Key, values?: Record<string, string>): void;
  /** The call is over; `reason` is missing when the person left. */
  ended(reason: Key | undefined): void;
}

/** One call: the room, its tiles and the person's own devices. */
export class Call {
  readonly room: Room;
  readonly #tiles = new Map<string, Tile>();
  /** By participant. */
  readonly #causes = new Map<string, Cause>();
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #waits = new WeakMap<RTCRtpReceiver, SoundWait>();
  #ticks = 0;
  #wake: WakeLockSentinel | undefined;
  reconnecting = false;
  over = false;

  constructor(private readonly wall: HTMLElement, private readonly words: Words, private readonly listener: CallListener) {
    this.room = new Room({
      adaptiveStream: true,
      dynacast: true,
      reconnectPolicy: new SeatPatience(),
      audioCaptureDefaults: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      videoCaptureDefaults: { resolution: VideoPresets.h720.resolution },
      publishDefaults: { simulcast: true, videoCodec: 'vp8', red: true, dtx: true },
    });
    this.#listen();
    this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  async join(url: string, token: string): Promise<void> {
    try {
      await this.room.connect(url, token);
    } catch (error) {
      this.#close();
      throw error;
    }
    this.redraw();
    await this.#stayAwake();
  }

  get me(): LocalParticipant {
    return this.room.localParticipant;
  }

  async setMicrophone(on: boolean): Promise<void> {
    await this.#device('microphoneRefused', () => this.me.setMicrophoneEnabled(on));
  }

  async setCamera(on: boolean): Promise<void> {
    await this.#device('cameraRefused', () => this.me.setCameraEnabled(on));
  }

  async setScreen(on: boolean): Promise<void> {
    await this.#device('screenRefused', () => this.me.setScreenShareEnabled(on, { audio: true }));
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
  }

  /** Draws all tiles anew; cheap enough to be called on every event. */
  redraw(): void {
    const wanted = new Set<string>();
    for (const participant of [this.me, ...this.room.remoteParticipants.values()]) {
      this.#draw(participant, Track.Source.Camera, wanted);
      if (participant.getTrackPublication(Track.Source.ScreenShare)) {
        this.#draw(participant, Track.Source.ScreenShare, wanted);
      }
    }
    for (const [key, tile] of this.#tiles) {
      if (!wanted.has(key)) {
        tile.dispose();
        this.#tiles.delete(key);
      }
    }
    this.wall.dataset['count'] = String(this.#tiles.size);
    this.listener.changed();
  }

  #draw(participant: Participant, source: Track.Source, wanted: Set<string>): void {
    const key = `${participant.identity}/${source}`;
    wanted.add(key);
    let tile = this.#tiles.get(key);
    if (!tile) {
      tile = new Tile(this.words);
      this.#tiles.set(key, tile);
      // Shared screens first: they are what everybody came to look at.
      source === Track.Source.ScreenShare ? this.wall.prepend(tile.element) : this.wall.append(tile.element);
    }
    const video = participant.getTrackPublication(source);
    const on = !!video && !video.isMuted;
    tile.show(on ? video.track : undefined, performance.now());
    tile.draw({
      name: participant.name || participant.identity,
      local: participant.isLocal,
      screen: source === Track.Source.ScreenShare,
      microphoneOn: participant.isMicrophoneEnabled,
      cameraOn: on,
      speaking: source === Track.Source.Camera && participant.isSpeaking,
      quality: participant.connectionQuality ?? ConnectionQuality.Unknown,
      cause: this.#causes.get(participant.sid) ?? 'none',
      paused: video?.track?.streamState === Track.StreamState.Paused,
      note: on ? pictureNote(participant.attributes, video.trackSid) : undefined,
    });
  }

  #listen(): void {
    const { room } = this;
    const redraw = () => this.redraw();
    for (const event of [
      RoomEvent.TrackPublished, RoomEvent.TrackUnpublished, RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted, RoomEvent.TrackUnmuted, RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished,
      RoomEvent.ActiveSpeakersChanged, RoomEvent.ConnectionQualityChanged, RoomEvent.TrackStreamStateChanged,
      RoomEvent.ParticipantNameChanged, RoomEvent.ParticipantAttributesChanged, RoomEvent.AudioPlaybackStatusChanged,
    ] as const) {
      room.on(event, redraw);
    }
    // The room's own handling of a message tells of changed marks alone, the cause may change without one.
    room.engine.on('connectionQualityUpdate', (update) => {
      for (const info of update.updates) {
        this.#causes.set(info.participantSid, causeIn(info));
      }
      redraw();
    });
    room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
      if (track.kind === Track.Kind.Audio) {
        const element = track.attach();
        element.hidden = true;
        document.body.append(element);
      }
      this.redraw();
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) {
        track.detach().forEach((element) => element.remove());
      }
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
    this.listener.told(key, { name: who.name || who.identity });
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
    } catch {
      // Refused, absent or in use: the call goes on without the device.
      this.listener.told(window.isSecureContext ? refused : 'insecure');
    }
    this.redraw();
  }

  #tick(): void {
    const visible = document.visibilityState === 'visible' && !this.reconnecting;
    for (const tile of this.#tiles.values()) {
      tile.check(performance.now(), visible);
    }
    this.#ticks += 1;
    if (this.#ticks % 2 === 0) {
      void this.#listenAhead();
    }
  }

  /** Lets the sound of each speaker wait for copies of lost packets where there are many. */
  async #listenAhead(): Promise<void> {
    for (const participant of this.room.remoteParticipants.values()) {
      for (const publication of participant.audioTrackPublications.values()) {
        const receiver = publication.track instanceof RemoteAudioTrack ? publication.track.receiver : undefined;
        if (!receiver || !('jitterBufferTarget' in receiver)) {
          continue;
        }
        const wait = this.#waits.get(receiver) ?? new SoundWait(performance.now());
        this.#waits.set(receiver, wait);
        const report = await receiver.getStats();
        for (const entry of report.values()) {
          if (entry.type === 'inbound-rtp') {
            const madeUp = (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
            const targetMs = wait.observe(entry.totalSamplesReceived ?? 0, madeUp, performance.now());
            receiver.jitterBufferTarget = targetMs || null;
          }
        }
      }
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
    for (const tile of this.#tiles.values()) {
      tile.dispose();
    }
    this.#tiles.clear();
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
