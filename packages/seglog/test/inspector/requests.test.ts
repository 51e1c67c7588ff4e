import { readdirSync, readFileSync } from "node:fs";
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { json, openLog, type Seglog } from "../../src/index.ts";
import { type InspectorOptions, serveInspector } from "../../src/inspector/index.ts";
import { temporaryDirectory } from "../temporary.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks as any client may, with whatever headers: `fetch` refuses to forge Host and Origin. */
function ask(url: string, options: RequestOptions & { readonly rawPath?: string } = {}) {
  const { rawPath, ...rest } = options;
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(url, { ...rest, ...(rawPath === undefined ? {} : { path: rawPath }) });
    sent.on("error", reject);
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    sent.end();
  });
}

async function served(
  values: readonly (string | Uint8Array)[] = ["one", "two", "three"],
  options: InspectorOptions = {},
) {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory, { segmentBytesMax: 60, clock: () => 1_000_000 });
  for (const value of values) await log.append(value);
  const inspector = await serveInspector(log, options);
  return {
    log,
    directory,
    url: inspector.url,
    [Symbol.asyncDispose]: async () => {
      await inspector.close();
      await log.close();
    },
  };
}

/** Names and contents of a log's files. */
function filesOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "hex")]),
  );
}

const PATHS = ["/", "/main.js", "/api/state", "/api/records?from=0", "/api/record?offset=0"];

test("it listens on the loopback alone", async () => {
  await using site = await served();
  expect(site.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const { port } = new URL(site.url);
  const elsewhere = new Promise((resolve, reject) => {
    // another address of this machine
    connect({ host: "127.0.0.2", port: Number(port) })
      .once("connect", resolve)
      .once("error", reject);
  });
  await expect(elsewhere).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test.each(PATHS)("%s is answered to this machine's own names", async (path) => {
  await using site = await served();
  const { port } = new URL(site.url);
  for (const name of ["127.0.0.1", "localhost"]) {
    const { status, headers } = await ask(site.url + path.slice(1), {
      headers: { host: `${name}:${port}`, origin: `http://${name}:${port}` },
    });
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toBe("no-store");
    expect(Object.keys(headers).filter((key) => key.startsWith("access-control-"))).toEqual([]);
  }
});

const FOREIGN = [
  ["a foreign Host", { host: "evil.example" }],
  ["a foreign Host with our port", { host: "evil.example:PORT" }],
  ["our Host without its port", { host: "127.0.0.1" }],
  ["another port of this machine", { host: "127.0.0.1:1" }],
  ["a foreign Origin", { origin: "http://evil.example" }],
  ["no Origin to speak of", { origin: "null" }],
  ["another port as Origin", { origin: "http://127.0.0.1:1" }],
  ["our Origin by https", { origin: "https://127.0.0.1:PORT" }],
  ["an image of another site", { "sec-fetch-site": "cross-site" }],
  ["a page of a neighbour", { "sec-fetch-site": "same-site" }],
] as const;

test.each(FOREIGN)("%s gets nothing, whatever it asks for", async (_what, forged) => {
  await using site = await served();
  const { port } = new URL(site.url);
  const headers = Object.fromEntries(
    Object.entries(forged).map(([name, value]) => [name, value.replace("PORT", port)]),
  );
  for (const path of [...PATHS, "/api/live", "/api/verify", "/none"]) {
    const { status, text } = await ask(site.url + path.slice(1), { headers });
    expect([path, status]).toEqual([path, 403]);
    expect(text.length).toBeLessThan(40);
  }
});

test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is refused", async (method) => {
  await using site = await served();
  for (const path of [...PATHS, "/api/verify"]) {
    const { status } = await ask(site.url + path.slice(1), { method });
    expect([path, status]).toEqual([path, 405]);
  }
});

test.each([
  ...["/none", "/index.html", "/../package.json", "/..%2fpackage.json", "/%2e%2e/package.json"],
  ...["//etc/passwd", "/./main.js", "/main.js/", "/api", "/api/state/", "/tsconfig.json", "*"],
  ...["/page/main.js", "/main.js%00", "http://127.0.0.1/main.js", "/__proto__"],
])("a path outside, as %j, is not there", async (rawPath) => {
  await using site = await served();
  const { status, text } = await ask(site.url, { rawPath });
  expect(status).toBe(404);
  expect(text).toBe("not here\n");
});

test("no request changes a byte of the log", async () => {
  await using site = await served();
  const before = filesOf(site.directory);
  const verified = await ask(`${site.url}api/verify`);
  expect(verified.text).toMatch(/event: result\ndata: \{.*"clean":true.*"verdict":"sound"/);
  for (const path of PATHS) await ask(site.url + path.slice(1));
  expect(filesOf(site.directory)).toEqual(before);
});

test("the state has segments, their fill, offsets and times", async () => {
  await using site = await served(["one", "two", "three"], { segmentBytesMax: 120 });
  const { text } = await ask(`${site.url}api/state`);
  expect(JSON.parse(text)).toMatchObject({
    path: site.directory,
    readOnly: false,
    firstOffset: 0,
    committedOffset: 3,
    bytesFull: 120,
    segments: [
      { baseOffset: 0, nextOffset: 3, storeBytes: 59, fill: 59 / 120, firstTime: 1_000_000 },
    ],
  });
});

test("records come by offset or by time; a long one is cut, and whole on its own", async () => {
  const long = Uint8Array.from({ length: 700 }, (_, n) => n);
  await using site = await served(["one", long]);
  const { records } = JSON.parse((await ask(`${site.url}api/records?from=0&limit=5`)).text);
  expect(records).toEqual([
    { offset: 0, time: 1_000_000, bytes: 3, base64: "b25l" },
    {
      offset: 1,
      time: 1_000_000,
      bytes: 700,
      base64: Buffer.from(long).toString("base64", 0, 512),
    },
  ]);
  const whole = JSON.parse((await ask(`${site.url}api/record?offset=1`)).text);
  expect(whole.base64).toBe(Buffer.from(long).toString("base64"));
  for (const [time, from] of [
    [1_000_000, 0],
    [1_000_001, 2],
  ]) {
    expect(JSON.parse((await ask(`${site.url}api/records?time=${time}`)).text).from).toBe(from);
  }
});

test.each([
  ...["records", "records?from=-1", "records?from=x", "records?from=1e9", "record?offset="],
  ...["records?time=99999999999999999999", "records?from=0&limit=all"],
])("a question that makes no sense, as %j, is told so", async (query) => {
  await using site = await served();
  expect((await ask(`${site.url}api/${query}`)).status).toBe(400);
});

test("a damaged record does not hide its neighbours", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  for (const text of ["one", "two", "three"]) await log.append(text);
  const broken: Seglog = Object.create(log, {
    read: {
      value: (offset: number) => {
        if (offset !== 1) return log.read(offset);
        throw Object.assign(new Error("checksum"), { code: "ERR_SEGLOG_CORRUPT" });
      },
    },
    firstOffset: { get: () => log.firstOffset },
    committedOffset: { get: () => log.committedOffset },
  });
  const inspector = await serveInspector(broken);
  const { records } = JSON.parse((await ask(`${inspector.url}api/records?from=0`)).text);
  expect(records).toMatchObject([{ bytes: 3 }, { offset: 1, damage: "checksum" }, { bytes: 5 }]);
  await inspector.close();
  await log.close();
});

test("values of a log with a codec are shown as JSON", async () => {
  const log = await openLog(join(temporaryDirectory(), "log"), { codec: json<{ a: number }>() });
  await log.append({ a: 1 });
  const inspector = await serveInspector(log);
  const { base64 } = JSON.parse((await ask(`${inspector.url}api/record?offset=0`)).text);
  expect(Buffer.from(base64, "base64").toString()).toBe('{"a":1}');
  await inspector.close();
  await log.close();
});

test("closing ends the streams of pages, again does nothing, and leaves the log open", async () => {
  await using site = await served();
  const inspector = await serveInspector(site.log);
  const sent = request(`${inspector.url}api/live`);
  const ended = new Promise((resolve) => {
    sent.on("response", (response) => {
      response.once("data", () => inspector.close());
      response.on("close", resolve).on("error", () => {});
    });
  });
  sent.end();
  await ended;
  await inspector.close();
  await expect(ask(inspector.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(await site.log.append("four")).toBe(3);
});

test.each([{ port: -1 }, { port: 65_536 }, { segmentBytesMax: 0 }, { host: "0.0.0.0" }])(
  "%j is refused",
  async (options) => {
    const log = await openLog(join(temporaryDirectory(), "log"));
    await expect(serveInspector(log, options)).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
    });
    await log.close();
  },
);
