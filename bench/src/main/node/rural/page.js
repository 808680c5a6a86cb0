// SPDX-License-Identifier: Apache-2.0
// The browser side of `bench rural`: an ordinary livekit-client, whose getStats figures and frame times are kept.
// Times are milliseconds of the wall clock, which every process of the machine shares.
/* global LivekitClient */
'use strict';

window.client = (() => {
  const connections = [];
  const events = [];
  const samples = [];
  const frames = [];
  let room;
  let joinedAtMs;
  let sampling = false;
  let fine = [];

  const nowMs = () => performance.timeOrigin + performance.now();
  const note = (name, detail = '') => events.push({ tMs: nowMs(), name, detail: String(detail) });

  // Every connection of the page is known, whichever way the client library uses them.
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      const connection = { pc: this, index: connections.length, connectedAtMs: null };
      connections.push(connection);
      this.addEventListener('connectionstatechange', () => {
        note(`connection ${connection.index}`, this.connectionState);
        if (this.connectionState === 'connected') {
          connection.connectedAtMs ??= nowMs();
        }
      });
    }

    // Lost sound may be asked for again, as by the product's own page (its `again.ts`): no browser offers that itself.
    async createOffer(...given) {
      const offer = await super.createOffer(...given);
      return { type: offer.type, sdp: offer.sdp.replace(/^a=rtpmap:(\d+) opus\/48000\/2\r\n/gm, '$&a=rtcp-fb:$1 nack\r\n') };
    }
  };

  const inbound = (entry) => ({
    kind: entry.kind, ssrc: entry.ssrc, packets: entry.packetsReceived ?? 0, lost: entry.packetsLost ?? 0,
    bytes: entry.bytesReceived ?? 0, headerBytes: entry.headerBytesReceived ?? 0,
    rtxBytes: entry.retransmittedBytesReceived ?? 0, rtxPackets: entry.retransmittedPacketsReceived ?? 0,
    frames: entry.framesDecoded ?? 0, keyFrames: entry.keyFramesDecoded ?? 0,
    width: entry.frameWidth ?? 0, height: entry.frameHeight ?? 0,
    freezes: entry.freezeCount ?? 0, frozenS: entry.totalFreezesDuration ?? 0, qp: entry.qpSum ?? 0,
    nacks: entry.nackCount ?? 0, plis: (entry.pliCount ?? 0) + (entry.firCount ?? 0),
    samples: entry.totalSamplesReceived ?? 0, concealed: entry.concealedSamples ?? 0,
    silent: entry.silentConcealedSamples ?? 0, concealments: entry.concealmentEvents ?? 0,
    bufferDelayS: entry.jitterBufferDelay ?? 0, bufferCount: entry.jitterBufferEmittedCount ?? 0,
  });

  const outbound = (entry) => ({
    kind: entry.kind, ssrc: entry.ssrc, rid: entry.rid ?? '', active: entry.active ?? true,
    packets: entry.packetsSent ?? 0, bytes: entry.bytesSent ?? 0, headerBytes: entry.headerBytesSent ?? 0,
    rtxBytes: entry.retransmittedBytesSent ?? 0, rtxPackets: entry.retransmittedPacketsSent ?? 0,
    frames: entry.framesEncoded ?? 0, width: entry.frameWidth ?? 0, height: entry.frameHeight ?? 0,
    targetBps: entry.targetBitrate ?? 0, nacks: entry.nackCount ?? 0,
    plis: (entry.pliCount ?? 0) + (entry.firCount ?? 0), limitedBy: entry.qualityLimitationReason ?? '',
  });

  async function sample() {
    const one = { tMs: nowMs(), received: [], sent: [], rttMs: null, estimateBps: null };
    for (const { pc, index } of connections) {
      if (pc.connectionState === 'closed') {
        continue;
      }
      for (const entry of (await pc.getStats()).values()) {
        if (entry.type === 'inbound-rtp') {
          one.received.push({ connection: index, ...inbound(entry) });
        } else if (entry.type === 'outbound-rtp') {
          one.sent.push({ connection: index, ...outbound(entry) });
        } else if (entry.type === 'candidate-pair' && entry.nominated && entry.state === 'succeeded') {
          one.rttMs = entry.currentRoundTripTime === undefined ? one.rttMs : entry.currentRoundTripTime * 1000;
          one.estimateBps = entry.availableOutgoingBitrate ?? one.estimateBps;
        }
      }
    }
    samples.push(one);
  }

  // Every second, and ten times a second where something is to be timed.
  async function keepSampling() {
    let next = nowMs();
    while (sampling) {
      await sample();
      const now = nowMs();
      const isFine = fine.some(([from, to]) => now >= from && now < to);
      next = Math.max(next + (isFine ? 100 : 1000), now + 20);
      const soonest = fine.map(([from]) => from).filter((from) => from > now).concat(Infinity);
      await new Promise((resolve) => setTimeout(resolve, Math.min(next, ...soonest) - now));
      next = Math.min(next, nowMs());
    }
  }

  function show(track) {
    if (track.kind !== LivekitClient.Track.Kind.Video) {
      track.attach();
      return;
    }
    const video = document.createElement('video');
    Object.assign(video, { autoplay: true, muted: true, playsInline: true });
    document.getElementById('videos').replaceChildren(video);
    const seen = () => {
      frames.push(Math.round((nowMs()) * 10) / 10);
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
    track.attach(video);
  }

  // Sound waits longer where much of it is made up, as on the product's own page (its `sound.ts`): a browser does not
  // wait by itself for what is sent again.
  const waits = new WeakMap();

  async function listenAhead() {
    for (const receiver of connections.flatMap(({ pc }) => pc.connectionState === 'closed' ? [] : pc.getReceivers())) {
      if (receiver.track.kind === 'audio' && 'jitterBufferTarget' in receiver) {
        for (const entry of (await receiver.getStats()).values()) {
          if (entry.type === 'inbound-rtp') {
            receiver.jitterBufferTarget = waitMs(receiver, entry) || null;
          }
        }
      }
    }
  }

  function waitMs(receiver, { totalSamplesReceived = 0, concealedSamples = 0, silentConcealedSamples = 0 }) {
    const now = nowMs();
    const wait = waits.get(receiver) ?? { targetMs: 0, samples: 0, concealed: 0, calmSinceMs: now };
    waits.set(receiver, wait);
    const played = totalSamplesReceived - wait.samples;
    const concealed = concealedSamples - silentConcealedSamples;
    const share = played > 0 ? Math.max(0, concealed - wait.concealed) / played : 0;
    const first = wait.samples === 0;
    Object.assign(wait, { samples: totalSamplesReceived, concealed });
    if (first || share > 0.002) {
      wait.calmSinceMs = now;
    }
    if (!first && share > 0.01) {
      wait.targetMs = Math.min(160, wait.targetMs + 60);
    } else if (now - wait.calmSinceMs >= 20_000) {
      wait.targetMs = Math.max(0, wait.targetMs - 60);
      wait.calmSinceMs = now;
    }
    return wait.targetMs;
  }

  // Of as many bits as the server asks for, as the product's own page does.
  async function thinSpeech() {
    const { attributes, audioTrackPublications } = room.localParticipant;
    for (const publication of audioTrackPublications.values()) {
      const sender = publication.track?.sender;
      const parameters = sender?.getParameters();
      const usual = LivekitClient.AudioPresets.speech.maxBitrate;
      const wanted = Number(attributes[`nhipcau.speech.${publication.trackSid}`] ?? usual);
      if (parameters?.encodings[0] && parameters.encodings[0].maxBitrate !== wanted) {
        parameters.encodings[0].maxBitrate = wanted;
        await sender.setParameters(parameters);
        note('speech', wanted);
      }
    }
  }

  // In packets as long as the server asks for: browsers take that from the server's description, which is given to them
  // once more with another length. Nothing of it goes over the link.
  async function longPackets() {
    const publication = room.localParticipant.getTrackPublication(LivekitClient.Track.Source.Microphone);
    const pc = connections.map((connection) => connection.pc).find((each) => each.signalingState !== 'closed'
      && each.getSenders().includes(publication?.track?.sender));
    const ms = room.localParticipant.attributes[`nhipcau.packet.${publication?.trackSid}`];
    const told = pc?.currentRemoteDescription?.sdp ?? '';
    if (!told || told.match(/^a=ptime:(\d+)/m)?.[1] === ms) {
      return;
    }
    if (pc.signalingState !== 'stable') {
      setTimeout(() => longPackets().catch((error) => note('packets', error.message)), 1000);
      return;
    }
    await pc.setLocalDescription(await pc.createOffer());
    // Layers that are not sent would be taken up again, were they not told of as paused.
    const resting = new Set(pc.getSenders().flatMap((sender) => sender.getParameters().encodings)
      .filter((encoding) => !encoding.active).map((encoding) => encoding.rid));
    const sdp = told.split(/^(?=m=)/m).map((section) => {
      const plain = section.replace(/^a=(max)?ptime:.*\r\n/gm, '')
        .replace(/^a=simulcast:recv (.*)/m, (line) => line.replaceAll('~', '')
          .replace(/\w+(?=;|$)/g, (rid) => resting.has(rid) ? `~${rid}` : rid));
      return ms && section.startsWith('m=audio') && /^a=(recvonly|sendrecv)\r$/m.test(section)
        ? `${plain}a=ptime:${ms}\r\na=maxptime:${ms}\r\n` : plain;
    }).join('');
    await pc.setRemoteDescription({ type: 'answer', sdp });
    note('packets', ms ?? 'usual');
  }

  function payloadTypes() {
    const names = {};
    for (const { pc } of connections) {
      for (const description of [pc.currentRemoteDescription, pc.currentLocalDescription]) {
        for (const [, type, name] of (description?.sdp ?? '').matchAll(/^a=rtpmap:(\d+) ([^/\r\n]+)\//gm)) {
          names[type] = name.toLowerCase();
        }
      }
    }
    return names;
  }

  return {
    async join({ url, token, publish, fineWindows }) {
      const { Room, RoomEvent, VideoPreset } = LivekitClient;
      LivekitClient.setLogLevel('warn');
      fine = fineWindows;
      // As the product's own page calls. The picture is drawn small, to spare the machine, and asked for as if it were
      // four times as wide and high.
      room = new Room({
        adaptiveStream: { pixelDensity: 4 }, dynacast: true,
        audioCaptureDefaults: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        publishDefaults: {
          simulcast: true, videoCodec: 'vp8', red: true, dtx: true, audioPreset: LivekitClient.AudioPresets.speech,
          videoSimulcastLayers: [new VideoPreset(320, 180, 100_000, 15), new VideoPreset(640, 360, 450_000, 20)],
        },
      });
      room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
        note('subscribed', `${participant.identity} ${track.kind}`);
        show(track);
      });
      room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach());
      // What is asked for may be known before there is a microphone, and a microphone may be published again.
      for (const name of ['ParticipantAttributesChanged', 'LocalTrackPublished', 'Reconnected']) {
        room.on(RoomEvent[name], () => {
          thinSpeech().catch((error) => note('speech', error.message));
          longPackets().catch((error) => note('packets', error.message));
        });
      }
      for (const name of ['Connected', 'Reconnecting', 'SignalReconnecting', 'Reconnected', 'Disconnected']) {
        room.on(RoomEvent[name], (detail) => note(RoomEvent[name], detail ?? ''));
      }
      room.on(RoomEvent.TrackStreamStateChanged, (publication, state) => note('streamState', `${publication.kind} ${state}`));
      sampling = true;
      joinedAtMs = nowMs();
      keepSampling().catch((error) => note('sampling failed', error.message));
      setInterval(() => listenAhead().catch((error) => note('waiting failed', error.message)), 3000);
      await room.connect(url, token);
      if (publish?.audio) {
        await room.localParticipant.setMicrophoneEnabled(true);
      }
      if (publish?.video) {
        const { width, height, fps } = publish.video;
        await room.localParticipant.setCameraEnabled(true, { resolution: { width, height, frameRate: fps } });
      }
    },

    sent: () => samples.at(-1)?.sent ?? [],
    setFine: (windows) => { fine = windows; },

    async collect() {
      sampling = false;
      await sample();
      return {
        joinedAtMs, events, samples, frames, payloadTypes: payloadTypes(),
        connections: connections.map(({ index, connectedAtMs }) => ({ index, connectedAtMs })),
      };
    },

    leave: () => room.disconnect(),
  };
})();
