/** Types of /sdk/assessment.js: questionnaires that can be put down and picked up again. */
import { Answer, DogearProblem, Emitter, Surroundings, Token } from './http.js';

export { DogearProblem };

/** As Dogear takes it, with its `type`. */
export type GivenAnswer =
  | { type: 'slider'; value: number } | { type: 'mcq'; selected_options: string[]; other_text?: string }
  | { type: 'ordering'; ordered_items: string[] } | { type: 'essay' | 'text'; text: string }
  | { type: 'number'; value: number } | { type: 'date'; date: string } | { type: 'matrix'; rows: Record<string, string[]> } | Answer;

export interface AssessmentEvents {
  waiting: { count: number };
  given: { questionId: number; answer: GivenAnswer | null; elsewhere: boolean };
  saved: { questionId: number; answer: GivenAnswer | null; result: Answer; elsewhere?: boolean };
  changed: { questionId: number; answer: GivenAnswer | null };
  conflict: { questionId: number; mine: GivenAnswer | null; theirs: GivenAnswer | null; elsewhere?: boolean };
  resolved: { questionId: number; answer: GivenAnswer | null; elsewhere?: boolean };
  dropped: { questionId: number; answer: GivenAnswer | null; problem: DogearProblem };
  refused: { questionId: number; answer: GivenAnswer | null; problem: DogearProblem };
  ended: { problem: DogearProblem };
  offline: { problem: DogearProblem | null };
  online: Record<string, never>;
  [name: string]: any;
}

/** One questionnaire, and the session in which it is answered. */
export class Assessment extends Emitter<AssessmentEvents> {
  constructor(options?: Surroundings & { questionnaire?: string | null; sessionId?: string | null; token?: Token });
  questionnaire: string | null;
  get sessionId(): string | null;
  /** Goes on with a session, or with none (null). */
  use(sessionId: string | null): void;
  close(): void;
  start(options?: { language?: string; userId?: string }): Promise<{ session_id: string; created_at: string }>;
  validate(sessionId?: string): Promise<Answer>;
  abandon(sessionId?: string): Promise<{ undo_until: string }>;
  resume(sessionId?: string): Promise<Answer>;
  pause(): Promise<Answer>;
  speak(language: string): Promise<Answer>;
  complete(details?: Answer): Promise<Answer>;
  progress(): Promise<Answer>;
  /** Answers a question. Never throws; listen for the events. */
  answer(questionId: number, answer: GivenAnswer | null, options?: { knew?: GivenAnswer | null }): void;
  takeBack(questionId: number, options?: { knew?: GivenAnswer | null }): void;
  current(questionId: number): GivenAnswer | null;
  answers(): Promise<{ answers: Answer[] }>;
  answeredQuestions(pageId: number): Promise<{ answered_question_ids: number[] }>;
  page(pageId: number): void;
  flush(): Promise<boolean>;
  get isOffline(): boolean;
  get waiting(): Answer[];
  get pendingPage(): number | null;
  get conflicts(): { questionId: number; mine: GivenAnswer | null; theirs: GivenAnswer | null }[];
  useMine(questionId: number): void;
  keepTheirs(questionId: number): void;
  get standing(): { answered: number; total: number; percentage: number; xp: number } & Answer;
  load(): Promise<Answer>;
  catchUp(): Promise<Answer | null>;
  modules(): Promise<Answer[]>;
  questions(pageId: number): Promise<Answer>;
}

export function sameAnswer(one: GivenAnswer | null, other: GivenAnswer | null): boolean;
