// The overview: numbers are bound by page.ts, the charts are drawn here.
import type { History, State } from "../../generated/api";
import { HourChart, StatesChart } from "../charts";
import { onChange, onSnapshot } from "../signals";
import { onTheme } from "../theming";

const STATES: State[] = ["PENDING", "QUEUED", "STARTED", "RETRY", "SUCCESS", "FAILURE", "REVOKED"];

const none = Object.fromEntries(STATES.map((state) => [state, 0]));
const states = new StatesChart(document.getElementById("states") as HTMLCanvasElement, none);
const hour = new HourChart(document.getElementById("hour") as HTMLCanvasElement, []);

onSnapshot((snapshot) => {
  states.update(snapshot.states);
  if (snapshot.interval) hour.add(snapshot.interval);
});
onTheme(() => {
  states.redraw();
  hour.redraw();
});
// The stream has opened, or was away: the hour has gone on meanwhile.
onChange(readHour);
void readHour();

async function readHour(): Promise<void> {
  try {
    const answer = await fetch("/v1/stats/history");
    if (answer.ok) hour.replace(((await answer.json()) as History).items);
  } catch {
    // The stream says that the server does not answer, and announces a change when it does again.
  }
}
