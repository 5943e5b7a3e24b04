// Runs one script on the 32-bit MicroPython, as the desktop VM's command does:
//
//   node run.mjs [-X heapsize=SIZE] SCRIPT [ARGUMENT]...
//
// This MicroPython sees no disk. Whatever file or folder an argument names is copied into its memory, at the same path; of
// a folder, the Python files. What a script writes is gone with it. Its heap grows when it has to, and collects nothing
// while a script runs.

import fs from "node:fs";
import path from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const PYSTACK_WORDS = 65536;
const FLUSH_BYTES = 65536;
const UNITS = { k: 1024, m: 1024 * 1024 };

const RUN = `
import sys
def _run(path, arguments):
    sys.argv[:] = [path] + arguments
    sys.path[0] = path.rsplit("/", 1)[0]
    try:
        with open(path) as f:
            code = compile(f.read(), path, "exec")
        exec(code, {"__name__": "__main__"})
    except SystemExit as e:
        status = e.args[0] if e.args else 0
        if status is None or isinstance(status, int):
            return status or 0
        print(status, file=sys.stderr)
        return 1
    except BaseException as e:
        sys.print_exception(e, sys.stderr)
        return 1
    return 0
`;

// A stream that this process writes in large pieces; the VM hands over one byte at a time.
class Sink {
  constructor(fd) {
    this.fd = fd;
    this.bytes = Buffer.alloc(FLUSH_BYTES);
    this.used = 0;
  }

  add(byte) {
    this.bytes[this.used++] = byte;
    if (this.used === FLUSH_BYTES) this.flush();
  }

  flush() {
    let done = 0;
    while (done < this.used) done += fs.writeSync(this.fd, this.bytes, done, this.used - done);
    this.used = 0;
  }
}

function heapBytes(words) {
  const found = /^heapsize=(\d+)([kKmM]?)$/.exec(words);
  if (!found) throw new Error(`no such option: ${words}`);
  return Number(found[1]) * (UNITS[found[2].toLowerCase()] ?? 1);
}

function copyFile(mp, name) {
  mp.FS.mkdirTree(path.dirname(name));
  mp.FS.writeFile(name, fs.readFileSync(name));
}

function copyFolder(mp, folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && entry.name !== "node_modules") copyFolder(mp, name);
    } else if (entry.name.endsWith(".py")) {
      copyFile(mp, name);
    }
  }
}

async function main(words) {
  let heapsize = 8 * UNITS.m;
  if (words[0] === "-X") {
    heapsize = heapBytes(words[1]);
    words = words.slice(2);
  }
  const [script, ...rest] = words;
  const out = new Sink(1);
  const err = new Sink(2);
  const mp = await loadMicroPython({
    heapsize,
    pystack: PYSTACK_WORDS,
    linebuffer: false,
    stdout: (bytes) => out.add(bytes[0]),
    stderr: (bytes) => err.add(bytes[0]),
  });
  const scriptPath = path.resolve(script);
  copyFolder(mp, path.dirname(scriptPath));
  for (const word of rest) {
    if (!path.isAbsolute(word) || !fs.existsSync(word)) continue;
    if (fs.statSync(word).isDirectory()) copyFolder(mp, word);
    else copyFile(mp, word);
  }
  let status = 1;
  try {
    mp.runPython(RUN);
    mp.runPython(`_status = _run(${JSON.stringify(scriptPath)}, ${JSON.stringify(rest)})`);
    status = mp.globals.get("_status");
  } finally {
    out.flush();
    err.flush();
  }
  return status;
}

process.exitCode = await main(process.argv.slice(2));
