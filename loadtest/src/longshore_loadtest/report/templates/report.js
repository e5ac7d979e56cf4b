// A moment, on all charts at once: by pointing at one, or by ← and → on it. The numbers are those of the tables
// under the charts, so that there is one of each. Without this script, nothing is missing but this.
"use strict";

for (const over of document.querySelectorAll(".over-time")) {
  const edges = JSON.parse(over.dataset.edges);
  const end = edges[edges.length - 1];
  const count = edges.length - 1;
  const charts = [...over.querySelectorAll("figure.chart")].map((figure) => ({
    figure,
    plot: figure.querySelector(".plot"),
    outputs: [...figure.querySelectorAll("output")],
    rows: [...figure.querySelectorAll("tbody tr")],
    cursor: null,
  }));
  const bands = [...(charts[0]?.figure.querySelectorAll(".band") ?? [])].map((band) => ({
    name: band.dataset.fault,
    begun: (band.x.baseVal.value / 1000) * end,
    healed: ((band.x.baseVal.value + band.width.baseVal.value) / 1000) * end,
  }));
  let shown = null;

  const show = (part, on) => {
    shown = part;
    for (const chart of charts) {
      if (part === null) {
        chart.cursor?.remove();
        chart.cursor = null;
        for (const output of chart.outputs) output.textContent = "";
        continue;
      }
      const cells = chart.rows[part].children;
      chart.outputs.forEach((output, place) => {
        output.textContent = cells[place + 1].textContent || "–";
      });
      chart.cursor ??= chart.plot.appendChild(cursor());
      chart.cursor.style.left = `${((edges[part] + edges[part + 1]) / 2 / end) * 100}%`;
      chart.cursor.firstChild.textContent = [cells[0].textContent, ...faultsIn(part)].join(", ");
      chart.cursor.classList.toggle("late", part > count / 2);
      chart.cursor.firstChild.hidden = chart !== on;
    }
    if (on && part !== null) say(on, part);
  };

  const faultsIn = (part) => [
    ...new Set(bands.filter(({ begun, healed }) => begun < edges[part + 1] && healed > edges[part]).map(({ name }) => name)),
  ];

  const say = (chart, part) => {
    const cells = [...chart.rows[part].children];
    const names = [...chart.figure.querySelectorAll("thead th")];
    const values = cells.slice(1).map((cell, place) => `${names[place + 1].textContent} ${cell.textContent || "nothing"}`);
    chart.plot.setAttribute("aria-valuenow", part);
    chart.plot.setAttribute("aria-valuetext", `${cells[0].textContent}: ${[...values, ...faultsIn(part)].join(", ")}`);
  };

  const cursor = () => {
    const line = document.createElement("div");
    line.className = "cursor";
    line.setAttribute("aria-hidden", "true");
    line.append(document.createElement("time"));
    return line;
  };

  const partAt = (plot, x) => {
    const box = plot.getBoundingClientRect();
    const at = Math.min(1, Math.max(0, (x - box.left) / box.width)) * end;
    const after = edges.findIndex((edge) => edge > at);
    return after < 0 ? count - 1 : Math.max(0, after - 1);
  };

  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -count, End: count };

  for (const chart of charts) {
    const { plot } = chart;
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-label", `${chart.figure.querySelector("h3").textContent}, a moment of the run`);
    plot.setAttribute("aria-valuemin", 0);
    plot.setAttribute("aria-valuemax", count - 1);
    plot.setAttribute("aria-valuenow", 0);
    plot.addEventListener("pointermove", (event) => show(partAt(plot, event.clientX), chart));
    plot.addEventListener("pointerdown", (event) => show(partAt(plot, event.clientX), chart));
    plot.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && show(null));
    plot.addEventListener("blur", () => show(null));
    plot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return show(null);
      if (!(event.key in steps)) return undefined;
      event.preventDefault();
      const from = shown ?? (steps[event.key] > 0 ? -1 : count);
      return show(Math.min(count - 1, Math.max(0, from + steps[event.key])), chart);
    });
  }
  over.closest("section").querySelector(".hint")?.removeAttribute("hidden");
}
