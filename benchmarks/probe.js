// Runs in every page before its own scripts: notes when keys go down, what the websocket carries, and when a new
// picture stands complete. Times are ms of performance.now().

(() => {
  const traffic = { sent: [], got: [] };
  let pressed = 0;
  window.addEventListener("keydown", (event) => (pressed = event.timeStamp), true);

  window.WebSocket = class extends window.WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", () => traffic.got.push(performance.now()));
    }

    send(data) {
      traffic.sent.push(performance.now());
      super.send(data);
    }
  };

  // Each kind says which picture stands there (`key`), whether it is complete, and whether nothing is seen at all.
  const kinds = {
    text() {
      const text = document.querySelector(".st-key-echo")?.textContent ?? "";
      return { key: text, complete: text !== "", blank: text === "" };
    },
    canvas() {
      const host = document.querySelector("[data-testid=stBidiComponentIsolated]");
      const canvas = host?.shadowRoot?.querySelector("canvas.base[data-version]");
      return { key: canvas?.dataset.version ?? "", complete: Boolean(canvas), blank: !canvas || filled(canvas) < 0.3 };
    },
    folium(count) {
      const frames = [...document.querySelectorAll("iframe")];
      const layers = frames.map((frame) => frame.contentDocument?.querySelectorAll("path.leaflet-interactive") ?? []);
      const paths = layers.at(-1) ?? []; // a step brings a new frame, the old one may still be there
      const key = paths.length ? `${paths[0].getAttribute("fill")} ${paths[paths.length - 1].getAttribute("fill")}` : "";
      return { key, complete: paths.length === count, blank: !layers.some((found) => found.length) };
    },
    plotly() {
      const chart = document.querySelector(".js-plotly-plot");
      const map = chart?._fullLayout?.map?._subplot?.map;
      const drawn = chart?.calcdata?.[0]?.[0]?.trace?.meta;
      return { key: drawn ? String(drawn) : "", complete: Boolean(drawn && map?.loaded()), blank: !map };
    },
  };

  const looked = { pixels: false };

  /** Share of a row through the middle of the canvas that is painted; 0 when it is not on the page. */
  function filled(canvas) {
    if (!looked.pixels) return 1;
    if (!canvas.isConnected || !canvas.offsetHeight) return 0;
    const row = canvas.getContext("2d").getImageData(0, Math.floor(canvas.height / 2), canvas.width, 1).data;
    let painted = 0;
    for (let i = 3; i < row.length; i += 4) painted += row[i] > 0;
    return painted / canvas.width;
  }

  /** Call `then` when the frame that is being prepared has been painted. */
  function afterPaint(then) {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(null);
  }

  window.bench = {
    traffic,

    state: (kind, count) => kinds[kind](count),

    /** Watch for the next picture: ms from the key to the painted frame, and the longest time with nothing on screen. */
    arm(kind, count, pixels) {
      looked.pixels = pixels;
      const before = kinds[kind](count).key;
      const from = { sent: traffic.sent.length, got: traffic.got.length };
      pressed = 0;
      let blankSince = 0;
      let blank = 0;
      this.result = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("no new picture within a minute")), 60_000);
        const look = () => {
          const now = performance.now();
          const state = kinds[kind](count);
          if (!state.blank) blankSince = 0;
          else blank = Math.max(blank, now - (blankSince ||= now));
          if (!(pressed && state.complete && state.key !== before)) return requestAnimationFrame(look);
          afterPaint(() => {
            const last = traffic.got.slice(from.got).at(-1) ?? 0;
            resolve({ ms: performance.now() - pressed, blank, send: (traffic.sent[from.sent] ?? 0) - pressed, last: last - pressed });
          });
        };
        requestAnimationFrame(look);
      });
    },

    /** Let a page that has just come to the front paint what it has. */
    rest: () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => afterPaint(resolve)))),

    /** ms since the websocket carried anything. */
    quietFor: () => performance.now() - Math.max(0, ...traffic.got.slice(-1), ...traffic.sent.slice(-1)),
  };
})();
