/** The whole system as /v1/stats/snapshot describes it; times in RFC 3339, durations in seconds. */

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

export interface Interval {
  at: string;
  seconds: number;
  submitted: number;
  succeeded: number;
  failed: number;
  revoked: number;
  retried: number;
  waiting: number;
  started: number;
}

export interface QueueNow {
  name: string;
  paused: boolean;
  waiting: number;
  started: number;
  failed: number;
  rate: number;
  workers: number;
  oldest_at: string | null;
  outstanding: number;
}

export interface Snapshot {
  at: string;
  states: Record<string, number>;
  rates: { submitted: number; succeeded: number; failed: number };
  wait: Percentiles | null;
  run: Percentiles | null;
  queues: QueueNow[];
  workers: { alive: number; gone: number; running: number; capacity: number };
  broker_away: string | null;
  parked: number;
  interval: Interval | null;
}
