/** The overview's two charts. Chart.js, and of it only what they need. */

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";
import type { Interval } from "../generated/api";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

const HOUR = 3_600_000;
/** Milliseconds to a point of the last hour. More points take longer to draw, and nobody sees the difference. */
const POINT = 30_000;
const whole = new Intl.NumberFormat("en");
// Made once: toLocaleTimeString makes one for each call, which took longer than drawing the line.
const toTheMinute = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const toTheSecond = new Intl.DateTimeFormat([], { timeStyle: "medium" });

/** A colour of the style sheet, as the theme that is shown resolves it. */
function colour(name: string): string {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.color = `var(--${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

export class StatesChart {
  private chart: Chart<"bar">;
  private shown = "";

  constructor(
    private canvas: HTMLCanvasElement,
    private states: Record<string, number>,
  ) {
    this.chart = this.make();
  }

  update(states: Record<string, number>): void {
    const now = JSON.stringify(states);
    if (now === this.shown) return;
    this.shown = now;
    this.states = states;
    this.chart.data.labels = this.labels();
    const [bars] = this.chart.data.datasets;
    if (bars) bars.data = heights(states);
    this.chart.update("none");
  }

  redraw(): void {
    this.chart.destroy();
    this.chart = this.make();
  }

  private make(): Chart<"bar"> {
    const names = Object.keys(this.states);
    const across = this.isNarrow();
    const named = {
      grid: { display: false },
      border: { color: colour("line") },
      ticks: ticks({ maxRotation: 0, autoSkip: false }),
    };
    const counted = { display: false, beginAtZero: true };
    const configuration: ChartConfiguration<"bar"> = {
      type: "bar",
      data: {
        labels: this.labels(),
        datasets: [
          {
            data: heights(this.states),
            backgroundColor: names.map(colour),
            borderRadius: 3,
            maxBarThickness: 44,
            minBarLength: 2,
          },
        ],
      },
      options: {
        ...still(),
        indexAxis: across ? "y" : "x",
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        scales: across ? { x: counted, y: named } : { x: named, y: counted },
      },
    };
    return new Chart(this.canvas, configuration);
  }

  /** On a phone seven names do not fit side by side: the bars lie then. */
  private isNarrow(): boolean {
    return (this.canvas.parentElement?.clientWidth ?? 0) < 420;
  }

  /** Each state's name with its number, so that a bar too small to see is read. */
  private labels(): (string | string[])[] {
    return Object.entries(this.states).map(([name, count]) => {
      const words = [name.charAt(0) + name.slice(1).toLowerCase(), whole.format(count)];
      return this.isNarrow() ? words.join(" ") : words;
    });
  }
}

/** Nothing is no bar; anything is at least two pixels high. */
function heights(states: Record<string, number>): (number | null)[] {
  return Object.values(states).map((count) => count || null);
}

/** The point that an interval belongs to, ms since 1970. */
function slot({ at }: Interval): number {
  return Math.ceil(Date.parse(at) / POINT) * POINT;
}

export class HourChart {
  private chart: Chart<"line">;

  constructor(
    private canvas: HTMLCanvasElement,
    private intervals: Interval[],
  ) {
    this.chart = this.make();
  }

  /** Show one more interval, unless it is the one shown last. */
  add(interval: Interval): void {
    if (this.intervals.at(-1)?.at === interval.at) return;
    const oldest = Date.parse(interval.at) - HOUR;
    this.replace([...this.intervals, interval].filter(({ at }) => Date.parse(at) >= oldest));
  }

  replace(intervals: Interval[]): void {
    this.intervals = intervals;
    const [good, bad] = this.chart.data.datasets;
    if (good) good.data = this.points("succeeded");
    if (bad) bad.data = this.points("failed");
    Object.assign(this.chart.options.scales?.x ?? {}, this.bounds());
    this.chart.update("none");
  }

  redraw(): void {
    this.chart.destroy();
    this.chart = this.make();
  }

  private points(name: "succeeded" | "failed"): { x: number; y: number }[] {
    const slots = new Map<number, { count: number; seconds: number }>();
    for (const each of this.intervals) {
      const { count, seconds } = slots.get(slot(each)) ?? { count: 0, seconds: 0 };
      slots.set(slot(each), { count: count + each[name], seconds: seconds + each.seconds });
    }
    return [...slots].map(([x, { count, seconds }]) => ({ x, y: seconds > 0 ? count / seconds : 0 }));
  }

  private bounds(): { min: number; max: number } {
    const last = this.intervals.at(-1);
    const max = last ? slot(last) : Date.now();
    return { min: max - HOUR, max };
  }

  private make(): Chart<"line"> {
    const line = (label: string, name: "succeeded" | "failed", shade: string) => ({
      label,
      data: this.points(name),
      borderColor: colour(shade),
      backgroundColor: colour(shade).replace("rgb(", "rgba(").replace(")", ", 0.12)"),
      fill: name === "succeeded",
      borderWidth: 1.5,
      pointRadius: 0,
      pointHitRadius: 8,
    });
    const configuration: ChartConfiguration<"line"> = {
      type: "line",
      data: { datasets: [line("succeed", "succeeded", "SUCCESS"), line("fail", "failed", "FAILURE")] },
      options: {
        ...still(),
        parsing: false, // points are as Chart.js wants them, in the order of time
        normalized: true,
        interaction: { mode: "index", intersect: false },
        plugins: {
          legend: {
            align: "end",
            labels: { boxWidth: 10, boxHeight: 2, color: colour("ink-soft"), font: font() },
          },
          tooltip: { callbacks: { title: (items) => clock(items[0]?.parsed.x ?? 0, true) } },
        },
        scales: {
          x: {
            type: "linear",
            ...this.bounds(),
            grid: { display: false },
            border: { color: colour("line") },
            ticks: ticks({ stepSize: HOUR / 4, maxRotation: 0, callback: (value) => clock(Number(value)) }),
          },
          y: {
            beginAtZero: true,
            suggestedMax: 1,
            grid: { color: colour("line") },
            border: { display: false },
            ticks: ticks({ maxTicksLimit: 5 }),
          },
        },
      },
    };
    return new Chart(this.canvas, configuration);
  }
}

function still() {
  return { animation: false, responsive: true, maintainAspectRatio: false } as const;
}

function ticks<T>(options: T): T & { color: string; font: { family: string; size: number } } {
  return { color: colour("ink-soft"), font: font(), ...options };
}

function font(): { family: string; size: number } {
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  return { family: fontFamily, size: Math.round(Number.parseFloat(fontSize) * 0.8) };
}

function clock(at: number, exact = false): string {
  return (exact ? toTheSecond : toTheMinute).format(at);
}
