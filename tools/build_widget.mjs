// Makes the search box's files from their readable source and the JavaScript client: `make widget`.
//
// What is made is committed, so that nobody needs node to run or install the product. `built.json` says of
// which source each file is and, for those who pin it, its integrity hash.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const web = "service/web";

const { outputFiles } = await build({
  entryPoints: [`${web}/source/widget.js`, `${web}/source/page.js`],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome74", "firefox78", "safari13"],
  supported: { destructuring: true }, // Safari 13 has it, but for a corner that is not used here
  charset: "utf8",
  loader: { ".css": "text" },
  outdir: process.argv[2] ?? web,
  write: false,
  plugins: [{
    name: "plain-css", // as text, but made small like everything else
    setup: (building) => building.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const made = await build({ entryPoints: [path], minify: true, write: false, target: ["chrome111", "safari16.2"] });
      return { contents: made.outputFiles[0].text.trim(), loader: "text" };
    }),
  }],
});

const source = createHash("sha256");
const parts = [...readdirSync(`${web}/source`).sort().map((name) => `${web}/source/${name}`), "clients/js/index.js"];
for (const path of parts) source.update(`${path}\0`).update(readFileSync(path));
const built = { source: source.digest("hex"), integrity: {} };
for (const file of outputFiles) {
  writeFileSync(file.path, file.contents);
  built.integrity[file.path.split("/").pop()] = `sha384-${createHash("sha384").update(file.contents).digest("base64")}`;
}
writeFileSync(`${process.argv[2] ?? web}/built.json`, `${JSON.stringify(built, null, 2)}\n`);
