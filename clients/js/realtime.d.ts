/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** `epoch:offset`, the last message seen. The epoch is opaque; only positions of one epoch can be compared. */
export type Position = string;

/** Where a subscription begins when there is no position to go on from. */
export type From = 'live' | 'start' | Position | { last: number } | { ago: number };

export type State = 'idle' | 'connecting' | 'connected' | 'waiting' | 'closed';

export type GapReason =
  | 'trimmed' | 'epoch' | 'ahead' | 'lagged' | 'corrupt'
  /** The client found a hole that the server had not announced, and asking again did not fill it. */
  | 'unannounced';

/** Who published, or who is present. `user` is null for anonymous sessions. */
export interface Sender { session: string; user: string | null }

export interface Message<T = any> {
  type: 'message';
  channel: string;
  /** Absent where the namespace keeps no log, and so is `position`. */
  offset?: number;
  position?: Position;
  data: T;
  /** Set instead of `data` when the publisher sent bytes. */
  bytes?: Uint8Array;
  /** Milliseconds since 1970, by the server's clock. Absent only if the server left it out. */
  at?: number;
  from?: Sender;
  tags?: Record<string, string>;
  /** True when the page before a reload had finished with it: shown again by `history`, and not to be acted on twice. */
  replayed?: true;
}

/** Messages were lost to this session, and this says which. */
export interface Gap {
  type: 'gap';
  channel: string;
  /** First and last lost offset, inclusive; absent when unknown. */
  from?: number;
  to?: number;
  reason: GapReason;
  /** The stream goes on after this position; null where the namespace keeps no log. */
  position: Position | null;
  /** True when this client dropped the messages itself, because nobody read them (`buffer`). They are still in the log. */
  local?: boolean;
}

export interface Member<P = any> { session: string; user: string | null; data: P }

export interface Limits {
  messageBytes: number;
  frameBytes: number;
  subscriptions: number;
  inflight: number;
  seqWindow: number;
}

export interface SubscribeReply {
  position: Position | null;
  head: Position | null;
  /** After a resume: whether the log reached back to our position. */
  recovered?: boolean;
  gap?: { from?: number; to?: number; reason: GapReason; position?: Position };
  /** Absent where a `roster` event follows: there are many members, or only their count is told. */
  members?: Member[];
  /** The session was subscribed already (a reload, or by the server); nothing was replayed before the stored position. */
  already?: boolean;
}

export interface Welcome {
  session: string;
  resumed: boolean;
  user: string | null;
  /** What the application's token says of the user. */
  info?: Json;
  /** How long the token still counts, in ms. A token function is asked for the next one before that. */
  expiresIn?: number;
  node: string;
  ping: { every: number; timeout: number };
  limits: Limits;
  crashWindow: number;
  /** Some addresses where other nodes take clients. */
  others?: string[];
  subscriptions: Array<SubscribeReply & { channel: string }>;
  state: Record<string, Json>;
}

export interface HistoryPage<T = any> {
  messages: Message<T>[];
  /** Hand this back as `from` for the next page. */
  position: Position;
  head: Position;
  /** Whether there is more to read: a page may end before its `limit`. */
  more: boolean;
}

export interface Presence<P = any> {
  /** Absent above the namespace's roster limit; then only `count` is known. */
  members?: Member<P>[];
  count: number;
  rev?: number;
}

export type ErrorCode =
  | 'bad_request' | 'unknown_type' | 'not_found' | 'unauthorized' | 'token_expired' | 'forbidden' | 'not_subscribed'
  | 'too_large' | 'too_many' | 'rate_limited' | 'seq_expired' | 'unavailable' | 'storage_full' | 'timeout' | 'internal' | 'conflict'
  /** Made by this client: closed, given up by the caller, link lost, silence, a hole in a stream, somebody else took the session, a frame that made no sense. */
  | 'closed' | 'aborted' | 'disconnected' | 'hole' | 'superseded' | 'protocol'
  | (string & {});

export class RealtimeError extends Error {
  constructor(code: ErrorCode, message?: string, details?: { outcome?: 'none' | 'unknown'; retryAfter?: number; channel?: string; cause?: unknown });
  readonly name: 'RealtimeError';
  readonly code: ErrorCode;
  /** `unknown`: the request may have taken effect. */
  readonly outcome: 'none' | 'unknown';
  /** Milliseconds after which another attempt makes sense. */
  readonly retryAfter?: number;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  readonly channel?: string;
}

export interface SubscribeOptions<P = any> {
  /**
   * Default `live`. Where the first subscription of a channel has a position to go on from (after a reload), that wins. Each further
   * subscription of the channel in this client begins at its own `from`.
   */
  from?: From;
  /**
   * Begin with the last so many messages, or with everything the log still has: also after a reload, before what was missed, without hole or
   * duplicate. What the page before had finished with is marked `replayed`. Wins over `from`. Where the log is born anew: the gap, and then the last ones of the new log.
   */
  history?: number | 'all';
  /** What others see of this session in the channel: one value, the last that any subscription of the channel gave. */
  presence?: P;
  /** For `$` channels; a function is asked again before the token is over, or when the server says that it is. */
  token?: string | ((channel: string) => string | Promise<string>);
  /**
   * How many items may wait for a reader (an iterator, or the first listener); default 65,536. What does not fit is dropped,
   * oldest first, and a `gap` item with `local: true` says so.
   */
  buffer?: number;
}

export interface PublishOptions {
  /** Sent instead of `data`. */
  bytes?: Uint8Array | ArrayBuffer;
  /** Default true: this session gets its own message back, too. */
  echo?: boolean;
  tags?: Record<string, string>;
  /**
   * Default: numbered automatically, exactly once, waits for a connection. `false`: no number, for namespaces that store nothing: refused at once while
   * not connected, and a lost link leaves the outcome unknown (event `unknown`); the promise never causes an unhandled rejection.
   */
  seq?: number | false;
  /** How often a temporary refusal is answered with another attempt; default 5. Lost links do not count. */
  retries?: number;
  signal?: AbortSignal;
}

export interface HistoryOptions { from?: From; limit?: number; reverse?: boolean; signal?: AbortSignal }
export interface CallOptions { seq?: number | false; signal?: AbortSignal }

export interface SubscriptionEvents<T = any, P = any> {
  message: Message<T>;
  gap: Gap;
  joined: { channel: string; members: Member<P>[]; rev: number };
  left: { channel: string; members: Member<P>[]; rev: number };
  changed: { channel: string; members: Member<P>[]; rev: number };
  /** The whole presence: after a resume, or when revisions broke. `members` of the subscription is up to date in all four. */
  roster: { channel: string; members: Member<P>[]; count: number; rev: number };
  /** After the first subscribing and after every resume. */
  subscribed: SubscribeReply & { channel: string };
  unsubscribed: { channel: string; reason?: string };
  error: RealtimeError;
}

export interface Subscription<T = any, P = any> extends AsyncIterable<Message<T> | Gap> {
  readonly channel: string;
  readonly state: 'subscribing' | 'subscribed' | 'ended';
  /** Settles with the first subscribing; rejects when the server refuses. Never an unhandled rejection. */
  readonly ready: Promise<SubscribeReply>;
  /** The last item received; a reconnect goes on after it. */
  readonly position: Position | null;
  /** The last item that this subscription's readers have finished with, and for a reload the channel's slowest subscription counts; a page reload goes on after it, and it is what `ack` tells the server. */
  readonly processed: Position | null;
  /** The newest position known, for "n messages behind". */
  readonly head: Position | null;
  /** Live roster by session. Empty where presence is off or only counted. */
  readonly members: ReadonlyMap<string, Member<P>>;
  /** Present sessions, also where the roster is only counted. */
  readonly count: number;
  on<E extends keyof SubscriptionEvents<T, P>>(event: E, callback: (value: SubscriptionEvents<T, P>[E]) => void): () => void;
  update(presence: P): Promise<void>;
  publish(data: T, options?: PublishOptions): Promise<{ position: Position | null }>;
  history(options?: HistoryOptions): Promise<HistoryPage<T>>;
  presence(): Promise<Presence<P>>;
  /** Ends the iterators at once. The channel itself is left with its last subscription; then it resolves when the server has confirmed. */
  unsubscribe(): Promise<void>;
  /** Each call is a reader of its own. Ends after `unsubscribe`, throws when the connection was closed for good. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message<T> | Gap>;
}

export interface RealtimeEvents {
  /**
   * `retryIn` in ms when `state` is `waiting`; absent while `offline` is on. `reason` is a code: the server's, or `unreachable` (no
   * connection could be made), `disconnected`, `silence`, `no welcome`, `token`, `gateway`, `offline`, `online`; `message` is it in words.
   */
  state: { state: State; reason?: string; message?: string; retryIn?: number };
  welcome: Welcome;
  gap: Gap;
  /** Whatever no promise could carry. */
  error: RealtimeError;
  /** `inherited`: subscribed before a page reload, or by the server; read it with `rt.subscribe(channel)`. */
  subscribed: SubscribeReply & { channel: string; subscription: Subscription; inherited?: boolean; reason?: string };
  unsubscribed: { channel: string; reason?: string };
  goodbye: { code?: number; reason?: string; reconnect?: false | { after: number; within: number } };
  move: { url: string; reason?: string; phase: 'announced' | 'done' | 'failed' };
  /** The server no longer knew the session: its state and presence are gone, subscriptions are made anew at their positions. */
  lost: { session: string };
  /** A publish or call without number was under way when the link broke. */
  unknown: { type: 'publish' | 'call'; channel?: string; method?: string; data?: unknown };
  /** Every frame, for debugging. */
  frame: { direction: 'in' | 'out'; frame: Record<string, any> };
}

/** The part of the browser's Storage that is used. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface RealtimeOptions {
  /**
   * Asked before each connection where to connect and when: a URL (without a path, `/v1/gateway` is meant), or true for the one
   * at the client's own address. When it cannot be asked the client connects to its own address. Default none.
   */
  gateway?: string | URL | boolean;
  /** A function is asked once, and again when the token has expired. */
  token?: string | (() => string | Promise<string>);
  /** Where the session outlives the page. Default `sessionStorage` in browsers, null elsewhere. */
  storage?: StorageLike | null;
  storageKey?: string;
  /** Guards the stored session against a duplicated tab. Default `navigator.locks`, where there is one. */
  locks?: { request(name: string, options: { signal?: AbortSignal }, callback: (lock: any) => any): Promise<any> } | null;
  client?: { name: string; version: string };
  /** Anything the application's connect handler wants to know. */
  data?: Json;
  /**
   * Names this publisher over restarts of the program, together with a `storage` that keeps its counter. Never give two
   * running programs the same one: their messages would be taken for repeats of each other.
   */
  producer?: string;
  /** Positions from elsewhere; those in `storage` win. */
  positions?: Record<string, Position>;
  /** For Node before 22. */
  WebSocket?: new (url: string, protocols?: string | string[]) => any;
  /** How long a handshake and its `welcome` may take, in ms; default 10,000. */
  connectTimeout?: number;
  /**
   * Whether a page that goes ends its session at once (`bye`). A page cannot know whether it is reloaded, left or closed, so by default a session that is
   * stored is kept for the next page, and one that is not (`storage: null`) is ended. `'pagehide'`: always ended, and forgotten; a reload then starts anew.
   * A page that goes into the back/forward cache never says it.
   */
  leave?: 'pagehide';
  /** How long channels of the page before a reload are kept for `subscribe` to claim, in ms; default 30,000. */
  claimWithin?: number;
  /** Asks the gateway; default the global one. */
  fetch?: typeof fetch;
  /** Milliseconds of a clock that is never set; default `performance.now`. */
  now?: () => number;
  random?: () => number;
  setTimeout?: (callback: () => void, ms: number) => any;
  clearTimeout?: (handle: any) => void;
}

export class Realtime {
  /** `url` may be http(s) or ws(s); default: where the page came from. Without a path it is `/v1/connect`. */
  constructor(url?: string | URL | RealtimeOptions, options?: RealtimeOptions);

  readonly url: string;
  readonly state: State;
  /** The resume token. Keep it secret. */
  readonly session: string | null;
  readonly user: string | null;
  readonly node: string | null;
  /** Where it is connected now, which after a move is not `url`; null while it is not. */
  readonly address: string | null;
  readonly limits: Limits;
  readonly sessionState: Readonly<Record<string, Json>>;
  /** The oldest open subscription of each channel. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  /** Really cuts the socket and stays away until it is set to false, which connects at once. */
  offline: boolean;

  /** Why there is no connection. Null while there is one, and before anything went wrong. */
  readonly reason: { code: string; message: string } | null;

  /**
   * Connects, and keeps connected. Settles with the first `welcome`, or rejects when the server says no for good. After `deadline` ms it
   * rejects with `timeout`, whose message names the last reason; the client then stops trying, unless a subscription, an open request or
   * another `connect` needs the connection. Without a deadline, or with `Infinity`, it tries for ever; the
   * event `state` says why it waits. Any other `deadline` that is no number from 0 to 2,147,483,647 is a `bad_request`.
   */
  connect(options?: { deadline?: number }): Promise<Welcome>;
  on<E extends keyof RealtimeEvents>(event: E, callback: (value: RealtimeEvents[E]) => void): () => void;
  /**
   * Each call is a subscription of its own, with its own beginning and readers; on the wire a channel is subscribed once. (The first call after a reload
   * takes over what the page before had.) Connects if nothing has yet.
   */
  subscribe<T = any, P = any>(channel: string, options?: SubscribeOptions<P>): Subscription<T, P>;
  /**
   * Arguments of this and all other calls are taken as they are when the call is made; what JSON cannot say rejects with `bad_request`. Connects if nothing
   * has yet, like every other call.
   */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<{ position: Position | null }>;
  history<T = any>(channel: string, options?: HistoryOptions): Promise<HistoryPage<T>>;
  presence<P = any>(channel: string): Promise<Presence<P>>;
  call<T = any>(method: string, data?: unknown, options?: CallOptions): Promise<T>;
  /** Session state: durable, returned by every `welcome`. Null removes. */
  set(key: string, value: Json): Promise<void>;
  /** Without a token the `token` function is asked. */
  refresh(token?: string, options?: { channel?: string }): Promise<{ expires?: number; expiresIn?: number }>;
  /** Tells the server what was processed; without positions, everything that readers have finished with. */
  ack(positions?: Record<string, Position>): void;
  /** Drops the link and keeps the session for a later `connect`. */
  disconnect(): void;
  /** Ends the session: subscriptions, presence and state are gone. */
  close(): Promise<void>;
}

export default Realtime;
