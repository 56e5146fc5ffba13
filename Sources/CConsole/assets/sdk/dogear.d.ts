/** Types of /sdk/dogear.js: a viewer's place, kept and given back. Positions and durations are seconds, instants ISO 8601 in UTC. */
import { Answer, DogearProblem, Emitter, Surroundings, Token } from './http.js';

export { DogearProblem };

export type PlaybackState = 'playing' | 'paused' | 'buffering' | 'stopped' | 'ended';
export type Quality = 'auto' | 'low' | 'medium' | 'high' | 'ultra';

export interface Session extends Answer {
  id: string; user_id: string; content_id: string; device_id: string; position_seconds: number; duration_seconds: number;
  playback_state: PlaybackState; quality: Quality; started_at: string; updated_at: string;
  /** Only in lists: not heard of for three cadences, so that nobody can say whether it still plays. */
  silent?: boolean;
}

export interface Page<Item> { items: Item[]; next_cursor: string | null }
export interface PageOptions { limit?: number; cursor?: string }

/** Something to go on with; it has one more member, named after its `kind`. */
export interface Resumable extends Answer {
  kind: 'video' | 'next-episode' | 'questionnaire' | 'event' | 'failed-run';
  title: string; detail: string; progress_percentage: number | null; last_activity: string; until: string | null; url: string | null;
}

export interface FollowHandlers {
  /** The live sessions, each time the stream opens. */
  onSnapshot?(sessions: Session[]): void;
  onEvent?(name: 'session-created' | 'position-updated' | 'session-ended' | 'silent', payload: Answer): void;
  /** Some events are lost: read what you show once more. */
  onGap?(payload: Answer): void;
  onState?(state: 'open' | 'closed' | 'refused'): void;
  signal?: AbortSignal;
}

/** One person's places, as this browser keeps them. `close` it where it is no longer needed. */
export class Dogear {
  constructor(options: Surroundings & { userId: string; token?: Token; deviceId?: string });
  userId: string;
  deviceId: string;
  /** How many reports wait in this browser for Dogear to come back. */
  get queuedReports(): number;
  close(): void;
  on(name: 'offline' | 'online' | 'erased', handler: (detail: { problem?: DogearProblem }) => void): () => void;
  start(options: { contentId: string; durationSeconds: number; quality?: Quality }): Promise<PlaybackSession>;
  /** Takes over a session from another device or tab, at its exact place. */
  takeOver(sessionId: string): Promise<PlaybackSession>;
  /** Keeps a place without a session, for as long as none could be started. */
  keep(place: { contentId: string; positionSeconds: number; durationSeconds?: number; state?: PlaybackState }): void;
  sessions(): Promise<Session[]>;
  follow(userId?: string, handlers?: FollowHandlers): { close(): void; done: Promise<void> };
  resumable(options?: PageOptions): Promise<Page<Resumable> & { areas: string[] }>;
  continueWatching(options?: PageOptions): Promise<Page<Answer> & { total: number }>;
  dismiss(contentId: string): Promise<void>;
  undismiss(contentId: string): Promise<Answer>;
  history(options?: PageOptions): Promise<Answer>;
  entry(contentId: string): Promise<Answer>;
  plays(contentId: string, options?: PageOptions): Promise<{ plays: Answer[]; next_cursor: string | null }>;
  addPlay(contentId: string, play: { finishedAt: string | Date; startedAt?: string | Date }): Promise<Answer>;
  removePlay(contentId: string, playId: string): Promise<void>;
  markWatched(contentId: string, when?: { at?: string | Date }): Promise<Answer>;
  markUnwatched(contentId: string): Promise<Answer>;
  clear(contentId: string): Promise<void>;
  clearAll(): Promise<{ cleared: number }>;
  undo(contentId: string): Promise<Answer>;
  undoClearAll(): Promise<Answer>;
}

export interface SessionEvents {
  applied: { positionSeconds: number; state: PlaybackState };
  owed: { positionSeconds: number };
  refused: { positionSeconds: number; reason: string; problem?: DogearProblem };
  queued: { positionSeconds: number };
  'handed-off': { handedOffTo: string };
  superseded: { supersededBy: string };
  erased: Record<string, never>;
  'session-lost': { previousId: string; id: string };
  offline: { problem: DogearProblem | null };
  online: Record<string, never>;
  [name: string]: any;
}

/** A playback session. Made by `dogear.start` and `dogear.takeOver`, never directly. */
export class PlaybackSession extends Emitter<SessionEvents> {
  private constructor();
  id: string;
  contentId: string;
  deviceId: string;
  durationSeconds: number;
  quality: Quality;
  /** Where to go on from, in whole seconds, or null to start at the beginning. */
  resumePositionSeconds: number | null;
  /** Dogear's word on how often to report. */
  nextReportSeconds: number;
  /** Only a live session reports. */
  status: 'live' | 'handed-off' | 'superseded' | 'erased' | 'ended' | 'closed';
  get silentMilliseconds(): number;
  /** The last place reported, in whole seconds. */
  get positionSeconds(): number;
  report(positionSeconds: number, options?: {
    state?: PlaybackState; keepalive?: boolean; steady?: boolean; durationSeconds?: number; rate?: number; startOver?: boolean;
  }): Promise<void>;
  startOver(): void;
  settled(): Promise<void>;
  /** Reports for a `<video>` from now on. Returns what stops it; so does `end`. */
  attach(video: HTMLVideoElement): () => void;
  detach(): void;
  close(): void;
  /** Ends the session. The place stays: ending is not movement. */
  end(options?: { keepalive?: boolean }): Promise<void>;
  handOff(deviceId: string): Promise<Session>;
}

/** What this browser is called: made once and kept. */
export function browserDeviceId(storage?: Storage): string;
/** The UUID that a name of the app's has in Dogear, as `dogear id` gives it. */
export function dogearId(kind: 'user' | 'title' | 'series', name: string): string;
