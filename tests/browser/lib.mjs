// What the browser tests share: the demonstration on a free port, a browser, and `test`.
// Every file prints "N passed, N failed" and ends with 1 on a failure.
// Pictures go to the folder in MIRADOURO_PICTURES, when it is set.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, mkdirSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const pictures = process.env.MIRADOURO_PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });
export const chromiumPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
export const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// A phone's window.
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

let passed = 0;
let failed = 0;

// One test; a failure is told and the next one goes on.
export async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok - ${name}\n${error.stack}`);
  }
}

export function is(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

export async function picture(page, name, rest = { fullPage: true }) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), ...rest });
}

// The demonstration of `program` and a browser beside it: the addresses by name, and `end`, which
// stops both, says what passed and leaves.
export async function demonstration(program, answers) {
  const folder = mkdtempSync(join(tmpdir(), "miradouro-browser-"));
  const extra = answers ? ["--answers", answers] : [];
  const args = ["demo", "--data", join(folder, "data"), "--listen", "127.0.0.1:0", ...extra];
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const addresses = new Map();
  await new Promise((resolve, reject) => {
    server.on("exit", (code) => reject(new Error(`the demonstration ended with ${code}`)));
    createInterface({ input: server.stdout }).on("line", (line) => {
      const [name, address] = line.split(" ");
      if (address?.startsWith("http")) addresses.set(name, address);
      if (name === "police-member") resolve();
    });
  });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
  async function end() {
    await browser.close();
    server.removeAllListeners("exit");
    server.kill("SIGTERM");
    await new Promise((resolve) => server.on("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
  }
  return { addresses, browser, server, folder, end };
}
