// SPDX-License-Identifier: Apache-2.0

/** The two kinds of objects through which a picture gets to a connection; given, so that tests can bring their own. */
export interface SendingScope {
  readonly RTCPeerConnection: { readonly prototype: RTCPeerConnection };
  readonly RTCRtpSender: { readonly prototype: RTCRtpSender };
}

/**
 * Stands before every sender of the page: while it is closed no video gets through but what was made by the cover.
 * Whatever else the page or the client library does (a camera taken up anew after a device change, a forgotten path, a
 * screen), the browser itself is asked to send it by one of three calls, and these are watched.
 *
 * Closed at first: what is not known to be allowed is not.
 */
export class SenderGuard {
  readonly #allowed = new WeakSet<MediaStreamTrack>();
  readonly #senders = new Set<WeakRef<RTCRtpSender>>();
  #replace: ((this: RTCRtpSender, track: MediaStreamTrack | null) => Promise<void>) | undefined;
  #closed = true;
  /** Pictures that were kept from a sender. */
  refused = 0;

  get closed(): boolean {
    return this.#closed;
  }

  /** Watches all connections of the scope from now on; once, before there is one. */
  install(scope: SendingScope): void {
    const guard = this;
    const connection = scope.RTCPeerConnection.prototype;
    const sender = scope.RTCRtpSender.prototype;
    const { addTrack, addTransceiver } = connection;
    const { replaceTrack } = sender;
    this.#replace = replaceTrack;
    connection.addTrack = function (this: RTCPeerConnection, track: MediaStreamTrack, ...streams: MediaStream[]) {
      guard.#check(track);
      return guard.#know(addTrack.call(this, track, ...streams));
    };
    connection.addTransceiver = function (this: RTCPeerConnection, of: MediaStreamTrack | string, init?: RTCRtpTransceiverInit) {
      if (typeof of !== 'string') {
        guard.#check(of);
      }
      const transceiver = addTransceiver.call(this, of, init);
      guard.#know(transceiver.sender);
      return transceiver;
    };
    sender.replaceTrack = async function (this: RTCRtpSender, track: MediaStreamTrack | null) {
      if (track) {
        guard.#check(track);
      }
      await replaceTrack.call(guard.#know(this), track);
    };
  }

  /** Lets a track through: one that the cover made, or one that is for those alone who may see the clear face. */
  allow(track: MediaStreamTrack): void {
    this.#allowed.add(track);
  }

  /** Takes back that it was allowed: the track is taken from its sender at once, whatever else may be sent. */
  forbid(track: MediaStreamTrack): void {
    this.#allowed.delete(track);
    this.#takeAway((sent) => sent === track);
  }

  /** From now on only what was allowed; what is under way is taken from its sender at once. */
  close(): void {
    this.#closed = true;
    this.refused += this.#takeAway((sent) => !this.#passes(sent));
  }

  /** Everything may be sent: this person's face is not to be covered. */
  open(): void {
    this.#closed = false;
  }

  /** Takes from their senders what is not to be there. @returns how many */
  #takeAway(wrong: (sent: MediaStreamTrack) => boolean): number {
    let taken = 0;
    for (const reference of this.#senders) {
      const sender = reference.deref();
      if (!sender) {
        this.#senders.delete(reference);
      } else if (sender.track && wrong(sender.track)) {
        taken += 1;
        // Fails only where the connection is closed, which sends nothing either.
        void this.#replace?.call(sender, null).catch(() => {});
      }
    }
    return taken;
  }

  #passes(track: MediaStreamTrack): boolean {
    return !this.#closed || track.kind !== 'video' || this.#allowed.has(track);
  }

  #check(track: MediaStreamTrack): void {
    if (!this.#passes(track)) {
      this.refused += 1;
      throw new DOMException('an uncovered picture is not sent from here', 'NotAllowedError');
    }
  }

  #know(sender: RTCRtpSender): RTCRtpSender {
    for (const reference of this.#senders) {
      if (reference.deref() === sender) {
        return sender;
      }
    }
    this.#senders.add(new WeakRef(sender));
    return sender;
  }
}
