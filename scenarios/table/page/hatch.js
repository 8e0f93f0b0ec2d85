// What is drawn over blocks: slanting lines where a school changes, padlocks where nobody may change it.

/** Slanting lines: changes school, as in the report. @param {CanvasRenderingContext2D} pen */
export function hatched(pen) {
  const dpr = Math.min(devicePixelRatio, 2), n = Math.round(7 * dpr);
  return tiled(pen, n, (ink) => {
    ink.strokeStyle = "rgba(0,0,0,0.6)";
    ink.lineWidth = 1.1 * dpr;
    ink.beginPath();
    for (const shift of [-n, 0, n]) {
      ink.moveTo(shift, n);
      ink.lineTo(shift + n, 0);
    }
    ink.stroke();
  });
}

/** Small padlocks: locked. @param {CanvasRenderingContext2D} pen */
export function padlocks(pen) {
  const dpr = Math.min(devicePixelRatio, 2);
  return tiled(pen, Math.round(18 * dpr), (ink) => {
    ink.scale(dpr, dpr);
    for (const [x, y] of [[4, 4], [13, 13]]) {
      ink.lineWidth = 1.3;
      ink.strokeStyle = ink.fillStyle = "rgba(0,0,0,0.8)";
      ink.beginPath();
      ink.arc(x, y - 0.6, 1.7, Math.PI, 0);
      ink.stroke();
      ink.fillRect(x - 2.6, y - 0.6, 5.2, 3.8);
    }
  });
}

/** @param {CanvasRenderingContext2D} pen @param {number} size @param {(ink: CanvasRenderingContext2D) => void} draw */
function tiled(pen, size, draw) {
  const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
  draw(/** @type {CanvasRenderingContext2D} */ (tile.getContext("2d")));
  return /** @type {CanvasPattern} */ (pen.createPattern(tile, "repeat"));
}
