/** Everything that can go wrong with a call, as Dogear tells it (RFC 9457). */
export class DogearProblem extends Error {
  constructor(status: number, body?: Record<string, unknown>, options?: { retryAfterSeconds?: number | null; cause?: unknown });
  /** HTTP status; 0 when no answer came (offline, refused, timed out). */
  status: number;
  /** Stable and kebab-case, such as `session-handed-off`; `unreachable` when no answer came. */
  code: string;
  /** What happened, in a few words. */
  title: string;
  /** What to do about it, in a sentence. */
  detail: string;
  /** The whole problem document, with what else helps (`handed_off_to`, `fields`, `expired_at`). */
  body: Record<string, any>;
  /** How long Dogear asks to be left alone. */
  retryAfterSeconds: number | null;
  /** True when the same call may well succeed later. */
  get isTransient(): boolean;
}

/** Where a client lives; all optional. */
export interface Surroundings {
  /** Where Dogear lives; by default the page's own origin. */
  baseURL?: string;
  fetch?: typeof globalThis.fetch;
  /** By default localStorage. */
  storage?: Storage;
}

/** A token, or a function that returns a fresh one. */
export type Token = string | (() => string | Promise<string>) | null;

/** What can be listened to: `on` returns a function that stops listening. */
export class Emitter<Events extends Record<string, any> = Record<string, any>> {
  on<Name extends keyof Events & string>(name: Name, handler: (detail: Events[Name]) => void): () => void;
  emit<Name extends keyof Events & string>(name: Name, detail?: Events[Name]): void;
}

/** Dogear's own JSON, in snake_case, as docs/openapi.yaml describes it. */
export type Answer = Record<string, any>;
