// SPDX-License-Identifier: Apache-2.0
/**
 * The control contract between processes: {@code org.nhipcau.sfu.api} over one gRPC stream.
 *
 * <pre>
 *  signaling process                                               media node
 *  RemoteMediaServer.submit --&gt; ControlOutbox ==={id, command}===&gt; ControlStream --&gt; MediaServer.submit
 *  future, listeners  &lt;-- RemoteLink  &lt;==={hello} {id, reply} {event}=== ControlOutbox &lt;-- replies, events
 * </pre>
 *
 * <p>One stream per signaling process carries everything, so the order of commands, replies and events is kept by
 * construction. Messages are the records of the contract in CBOR ({@link org.nhipcau.sfu.control.ControlCodec}); a
 * message that cannot be read is refused alone, the link lives on.
 *
 * <p>A room belongs to the stream that opened it last; when the stream ends, the node closes the room at once (no
 * grace: the signaling process that knew who may see whom is gone), and the other side tells its listeners
 * {@code RoomLost}. Left out on purpose: protobuf schemas, resuming a lost stream, spreading rooms over nodes.
 *
 * <p>Thread and ownership: any thread may submit; replies and events arrive one after the other on the link's
 * executor. Queues are bounded everywhere. Floor 8: the only package that knows gRPC and Jackson.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.control.ControlMessage}, {@link org.nhipcau.sfu.control.ControlServer},
 * {@link org.nhipcau.sfu.control.RemoteMediaServer}.
 */
package org.nhipcau.sfu.control;
