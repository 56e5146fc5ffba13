/** Types of /sdk/event.js: a place in a live event. */
import { Answer, DogearProblem, Emitter, Surroundings } from './http.js';

export { DogearProblem };

export interface PlaceEvents {
  change: Answer;
  superseded: { by: 'tab' | 'device' };
  left: { problem: DogearProblem };
  removed: { problem: DogearProblem };
  ended: { wasEndedAt: string | null; resumableUntil: string | null };
  resumed: Record<string, never>;
  answered: { questionId: string; answer: string; result: Answer };
  refused: { questionId: string; answer: string; problem: DogearProblem };
  gap: Record<string, never>;
  error: { problem: DogearProblem };
  [name: string]: any;
}

/** One participant's place, in this browser. Made by `joinEvent`, `recoverEvent` and `comeBack`, never directly. */
export class EventPlace extends Emitter<PlaceEvents> {
  private constructor();
  status: 'coming' | 'here' | 'superseded' | 'removed' | 'left' | 'finished' | 'closed';
  state: Answer | null;
  isConnected: boolean;
  /** Shown once, at the first join; null at every other time. */
  recoveryCode: string | null;
  isRejoining: boolean;
  problem: DogearProblem | null;
  get eventId(): string;
  get code(): string;
  get participantId(): string;
  get displayName(): string;
  get avatar(): string | null;
  get title(): string;
  get isEnded(): boolean;
  /** Whether an answer to this question is on its way and not acknowledged. */
  isOnItsWay(questionId: string): boolean;
  /** The server's time in milliseconds, whatever the device's clock shows. */
  get now(): number;
  get remainingMilliseconds(): number;
  get resumableMilliseconds(): number;
  /** Never throws, and never loses it. */
  answer(questionId: string, answer: string): void;
  rename(displayName: string): Promise<string>;
  leave(): Promise<void>;
  newRecoveryCode(): Promise<string>;
  rejoin(options?: { leaveOther?: boolean }): Promise<void>;
  recover(recoveryCode: string): Promise<void>;
  refresh(): Promise<void>;
  close(): void;
}

export function joinEvent(options: Surroundings & {
  code: string; key?: string | null; scanId?: string | null; displayName: string; avatar?: string | null; leaveOther?: boolean; userId?: string | null;
}): Promise<EventPlace>;
export function recoverEvent(options: Surroundings & { eventId: string; code?: string; key?: string | null; recoveryCode: string }): Promise<EventPlace>;
export function comeBack(options: Surroundings & { eventId?: string; code?: string }): EventPlace | null;
export function lookUpEvent(options: Surroundings & { code: string; key?: string | null }): Promise<{
  event_id: string; title: string; description: string | null; status: string; join_locked: boolean; scan_id: string;
}>;
