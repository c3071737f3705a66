// clients/js/api.d.ts from the OpenAPI document on stdin, with its digest, by which a test sees that it is of today.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

const client = new URL("../clients/js/", import.meta.url);
const { default: openapiTS, astToString } = await import(
  createRequire(client).resolve("openapi-typescript").replace(/\.cjs$/, ".mjs")
);
const document = await text(process.stdin);
const digest = createHash("sha256").update(document).digest("hex");
const types = astToString(await openapiTS(JSON.parse(document), { defaultNonNullable: false }));
const head = `// Made by openapi-typescript from the service's OpenAPI document; make client. sha256 ${digest}\n`;
writeFileSync(new URL("api.d.ts", client), head + types);
