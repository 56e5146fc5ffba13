/** Types of /sdk/event-host.js: steering a live event. */
import { Answer, DogearProblem, Emitter, Surroundings, Token } from './http.js';

export { DogearProblem };

/** One event, steered by its host, or one segment by its presenter. */
export class EventHost extends Emitter {
  constructor(options: Surroundings & { eventId: string; token?: string | null });
  eventId: string;
  event: Answer | null;
  leaderboard: { entries: Answer[]; total: number } | null;
  isConnected: boolean;
  /** The server's time in milliseconds, whatever the device's clock shows. */
  get now(): number;
  get segment(): Answer | null;
  get question(): Answer | null;
  get remainingMilliseconds(): number;
  get qrURL(): string;
  until(instant: string | null): number;
  open(): Promise<Answer>;
  close(): void;
  start(): Promise<Answer>;
  complete(): Promise<Answer>;
  resume(): Promise<Answer>;
  clearResume(): Promise<Answer>;
  undo(): Promise<Answer>;
  lock(): Promise<Answer>;
  unlock(): Promise<Answer>;
  edit(fields: Answer): Promise<Answer>;
  remove(participantId: string, options?: { ban?: boolean }): Promise<Answer>;
  recording(segmentId: string, verb: 'start' | 'pause' | 'resume' | 'stop'): Promise<Answer>;
  startQuiz(segmentId: string): Promise<Answer>;
  nextQuestion(segmentId: string, questionIndex: number): Promise<Answer>;
  reveal(segmentId: string, questionIndex: number): Promise<Answer>;
  completeSegment(segmentId: string): Promise<Answer>;
  resumeSegment(segmentId: string): Promise<Answer>;
  clearSegmentResume(segmentId: string): Promise<Answer>;
  addSegment(fields: Answer): Promise<Answer>;
  editSegment(segmentId: string, fields: Answer): Promise<Answer>;
  deleteSegment(segmentId: string): Promise<Answer>;
  addQuestions(segmentId: string, questions: Answer[]): Promise<Answer>;
  participants(cursor?: string | null): Promise<Answer>;
  standings(cursor?: string | null): Promise<Answer>;
  readLeaderboard(): Promise<void>;
  refresh(): Promise<void>;
}

export function createEvent(fields: Answer, around?: Surroundings & { token?: Token }): Promise<Answer>;
export function myEvents(options?: Surroundings & { cursor?: string | null; token?: Token }): Promise<{ events: Answer[]; next_cursor: string | null }>;
export function recoverHost(options: Surroundings & { eventId: string; recoveryCode: string }): Promise<{ host_token: string; host_recovery_code: string }>;
