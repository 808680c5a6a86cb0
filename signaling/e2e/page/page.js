// SPDX-License-Identifier: Apache-2.0
// The browser side of the end-to-end tests: an ordinary livekit-client with everything observable.
/* global LivekitClient */
'use strict';

window.client = (() => {
  const { Room, RoomEvent, Track } = LivekitClient;
  const events = [];
  const videos = new Map();
  const firstFrames = new Map();
  let room;
  let startedAtMs;

  LivekitClient.setLogLevel('warn');

  function note(name, detail) {
    events.push({ name, detail, atMs: performance.now() });
  }

  function tile(identity) {
    const video = document.createElement('video');
    video.autoplay = true;
    video.muted = true;
    video.playsInline = true;
    document.getElementById('videos').append(video);
    videos.set(identity, video);
    return video;
  }

  /** Mean and variance of luma: a green or black picture has next to no variance. */
  function look(video) {
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    if (data[3] === 0) {
      // Nothing was drawn: the frame was presented but could not be read. A black frame would be opaque.
      return undefined;
    }
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < data.length; i += 4) {
      const luma = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
      sum += luma;
      squares += luma * luma;
    }
    const count = data.length / 4;
    return { mean: sum / count, variance: squares / count - (sum / count) ** 2 };
  }

  function subscribed(track, publication, participant) {
    note('trackSubscribed', `${participant.identity} ${track.kind}`);
    if (track.kind !== Track.Kind.Video) {
      track.attach();
      return;
    }
    const video = tile(participant.identity);
    let shownAtMs;
    const shown = () => {
      shownAtMs ??= performance.now();
      const seen = look(video);
      if (seen) {
        firstFrames.set(participant.identity, { afterMs: shownAtMs - startedAtMs, ...seen });
      } else {
        video.requestVideoFrameCallback(shown);
      }
    };
    video.requestVideoFrameCallback(shown);
    track.attach(video);
  }

  return {
    events,

    async join({ url, token, room: roomOptions = {}, publish, connect = {} }) {
      room = new Room({ adaptiveStream: true, dynacast: true, ...roomOptions });
      window.room = room;
      room.on(RoomEvent.TrackSubscribed, subscribed);
      room.on(RoomEvent.TrackUnsubscribed, (track, publication, participant) => {
        note('trackUnsubscribed', `${participant.identity} ${track.kind}`);
        track.detach();
        if (track.kind === Track.Kind.Video) {
          videos.get(participant.identity)?.remove();
          videos.delete(participant.identity);
        }
      });
      for (const name of ['Connected', 'Reconnecting', 'SignalReconnecting', 'Reconnected', 'Disconnected']) {
        room.on(RoomEvent[name], (detail) => note(RoomEvent[name], detail));
      }
      for (const name of ['TrackMuted', 'TrackUnmuted']) {
        room.on(RoomEvent[name], (publication, participant) => note(RoomEvent[name], `${participant.identity} ${publication.kind}`));
      }
      room.on(RoomEvent.DataReceived, (payload, participant) => note('dataReceived',
        { from: participant?.identity ?? '', text: new TextDecoder().decode(payload) }));
      room.registerTextStreamHandler('lk.chat', async (reader, { identity }) => note('chat', { from: identity, text: await reader.readAll() }));
      for (const name of ['ParticipantConnected', 'ParticipantDisconnected']) {
        room.on(RoomEvent[name], (participant) => note(RoomEvent[name], participant.identity));
      }
      startedAtMs = performance.now();
      await room.connect(url, token, connect);
      if (publish) {
        await this.publish(publish);
      }
      return room.localParticipant.sid;
    },

    async publish({ audio = true, video = true, codec = 'vp8', simulcast = true, width = 1280, height = 720, scalabilityMode } = {}) {
      if (audio) {
        await room.localParticipant.setMicrophoneEnabled(true);
      }
      if (video) {
        await room.localParticipant.setCameraEnabled(true, { resolution: { width, height, frameRate: 15 } },
          { videoCodec: codec, simulcast, backupCodec: false, ...(scalabilityMode ? { scalabilityMode } : {}) });
      }
    },

    /** How long two connections within this page take to a shown picture: a machine's own share of a join. */
    async loopback() {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
      const beganMs = performance.now();
      const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
      from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
      to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
      const video = tile('loopback');
      const shown = new Promise((resolve) => {
        to.ontrack = ({ track }) => {
          video.srcObject = new MediaStream([track]);
          video.requestVideoFrameCallback(() => resolve(performance.now() - beganMs));
        };
      });
      stream.getTracks().forEach((track) => from.addTrack(track, stream));
      await from.setLocalDescription();
      await to.setRemoteDescription(from.localDescription);
      await to.setLocalDescription();
      await from.setRemoteDescription(to.localDescription);
      const tookMs = await shown;
      from.close();
      to.close();
      stream.getTracks().forEach((track) => track.stop());
      video.remove();
      videos.delete('loopback');
      return tookMs;
    },

    /** Received and sent streams as the browser counts them. */
    async stats() {
      const received = [];
      for (const participant of room.remoteParticipants.values()) {
        for (const publication of participant.trackPublications.values()) {
          const report = await publication.track?.getRTCStatsReport();
          for (const entry of report?.values() ?? []) {
            if (entry.type === 'inbound-rtp') {
              received.push({
                identity: participant.identity, kind: entry.kind, bytes: entry.bytesReceived,
                packets: entry.packetsReceived, lost: entry.packetsLost, nacks: entry.nackCount ?? 0, plis: entry.pliCount ?? 0,
                frames: entry.framesDecoded ?? 0, keyFrames: entry.keyFramesDecoded ?? 0,
                width: entry.frameWidth ?? 0, height: entry.frameHeight ?? 0,
                freezes: entry.freezeCount ?? 0, frozenS: entry.totalFreezesDuration ?? 0,
                samples: entry.totalSamplesReceived ?? 0, concealed: entry.concealedSamples ?? 0,
                bufferDelayS: entry.jitterBufferDelay ?? 0, emitted: entry.jitterBufferEmittedCount ?? 0,
                codec: report.get(entry.codecId)?.mimeType ?? '',
              });
            }
          }
        }
      }
      const sent = [];
      for (const publication of room.localParticipant.trackPublications.values()) {
        const report = await publication.track?.getRTCStatsReport();
        for (const entry of report?.values() ?? []) {
          if (entry.type === 'outbound-rtp') {
            sent.push({ kind: entry.kind, rid: entry.rid ?? '', packets: entry.packetsSent, active: entry.active,
              frames: entry.framesEncoded ?? 0, width: entry.frameWidth ?? 0, codec: report.get(entry.codecId)?.mimeType ?? '' });
          }
        }
      }
      return { received, sent };
    },

    /** Lets all sound wait for so long before it is played, at least. */
    jitterTarget(ms) {
      for (const participant of room.remoteParticipants.values()) {
        for (const publication of participant.audioTrackPublications.values()) {
          publication.track.receiver.jitterBufferTarget = ms;
        }
      }
    },

    resize(identity, width, height) {
      const { style } = videos.get(identity);
      style.width = `${width}px`;
      style.height = `${height}px`;
    },

    picture(identity) {
      const video = videos.get(identity);
      return video ? { width: video.videoWidth, height: video.videoHeight, ...look(video) } : undefined;
    },

    firstFrame: (identity) => firstFrames.get(identity),
    participants: () => [...room.remoteParticipants.keys()],
    state: () => room.state,
    mute: (on) => room.localParticipant.setCameraEnabled(!on),
    muteAudio: (on) => room.localParticipant.setMicrophoneEnabled(!on),
    /** A message, or a line of chat as its ready-made components send it. */
    async say(text, { reliable = true, chat = false } = {}) {
      await (chat ? room.localParticipant.sendText(text, { topic: 'lk.chat' })
        : room.localParticipant.publishData(new TextEncoder().encode(text), { reliable }));
    },

    speakers: () => room.activeSpeakers.map((speaker) => speaker.identity),

    async leave() {
      await room.disconnect();
      videos.forEach((video) => video.remove());
      videos.clear();
      firstFrames.clear();
      events.length = 0;
    },
  };
})();
