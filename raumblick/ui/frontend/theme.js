// Colours of the running Streamlit theme, and the textures for what colour must not say alone.

const probe = document.createElement("canvas").getContext("2d");

function rgb(color) {
  probe.fillStyle = "#000";
  probe.fillStyle = color;
  const hex = probe.fillStyle;
  if (hex.startsWith("#")) return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  return hex.match(/[\d.]+/g).slice(0, 3).map(Number);
}

export function luminance(color) {
  const [r, g, b] = rgb(color).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function readTheme(element) {
  const style = getComputedStyle(element);
  const get = (name, otherwise) => {
    const value = style.getPropertyValue(`--st-${name}`).trim();
    return value && value !== "unset" ? value : otherwise;
  };
  const background = get("background-color", "#ffffff");
  const dark = luminance(background) < 0.2;
  return {
    dark,
    background,
    text: get("text-color", dark ? "#fafafa" : "#31333f"),
    font: get("font", "sans-serif"),
    line: dark ? background : "#ffffff",
    outer: dark ? "#c3c8d0" : "#545b66",
    grey: dark ? "#3a3f48" : "#e7e9ec",
    greyInk: dark ? "#8b919b" : "#8b919b",
  };
}

/** Ink for textures and names on a filled area: readable on its colour. */
export function inkOn(color) {
  return luminance(color) > 0.24 ? "#16202b" : "#ffffff";
}

/** A repeating tile in device pixels: "hatch" (rising), "fall" (falling) or "dots". */
export function texture(ctx, kind, ink, ratio) {
  const size = Math.round((kind === "dots" ? 6 : 7) * ratio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  if (kind === "dots") {
    pen.fillStyle = ink;
    pen.beginPath();
    pen.arc(size / 2, size / 2, 1.05 * ratio, 0, 2 * Math.PI);
    pen.fill();
  } else {
    pen.strokeStyle = ink;
    pen.lineWidth = 1.1 * ratio;
    pen.beginPath();
    for (const shift of [-size, 0, size]) {
      pen.moveTo(shift - 1, kind === "hatch" ? size + 1 : -1);
      pen.lineTo(shift + size + 1, kind === "hatch" ? -1 : size + 1);
    }
    pen.stroke();
  }
  return ctx.createPattern(tile, "repeat");
}

/** The same textures as CSS backgrounds, for the legend. */
export function cssTexture(kind, ink, ground) {
  if (kind === "dots") return `radial-gradient(circle, ${ink} 1px, transparent 1.4px) 0 0 / 5px 5px, ${ground}`;
  const angle = kind === "hatch" ? 135 : 45;
  return `repeating-linear-gradient(${angle}deg, ${ink} 0 1px, transparent 1px 4.5px), ${ground}`;
}

export function translucent(color, alpha) {
  return `rgba(${rgb(color).join(", ")}, ${alpha})`;
}
