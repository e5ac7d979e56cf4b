// Bundles the page's scripts and styles into the API's package: minified, under names that change with their
// content, each with its gzip beside it, and manifest.json from the plain names to those.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const began = performance.now();
const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/longshore_api/web/built");
const entries = readdirSync(join(here, "scripts/entries"))
  .filter((name) => name.endsWith(".ts"))
  .sort();

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: [...entries.map((name) => `scripts/entries/${name}`), "longshore.css"],
  outdir: target,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file", ".woff2": "file" },
  bundle: true,
  format: "esm",
  splitting: true, // What two entries share is loaded once, and is there once.
  minify: true,
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  legalComments: "none", // The whole licences are beside, below.
  metafile: true,
  write: false,
  logLevel: "warning",
});

const manifest = {};
const files = new Map();
for (const { path, contents } of outputFiles) {
  const name = basename(path);
  // A chunk has no plain name: it is found from the scripts that import it.
  manifest[name.startsWith("chunk-") ? name : name.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, "")] = name;
  files.set(name, contents);
}
const notices = licences(Object.keys(metafile.inputs));
manifest["licences.txt"] = `licences-${createHash("sha256").update(notices).digest("hex").slice(0, 8)}.txt`;
files.set(manifest["licences.txt"], notices);

// Beside, then in one step: an API that runs meanwhile does not find half a page.
const fresh = `${target}.new`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
let zipped = 0;
for (const [name, contents] of files) {
  const small = gzipSync(contents, { level: 9 });
  zipped += small.length;
  writeFileSync(join(fresh, name), contents);
  writeFileSync(join(fresh, `${name}.gz`), small);
}
const sorted = Object.fromEntries(Object.entries(manifest).sort());
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
const milliseconds = Math.round(performance.now() - began);
console.log(`page: ${files.size} files, ${Math.ceil(zipped / 1024)} KiB zipped, in ${milliseconds} ms`);

function licences(inputs) {
  const packages = inputs.map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(packages.filter(Boolean))].sort().map(licence).join("\n\n");
}

function licence(name) {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
