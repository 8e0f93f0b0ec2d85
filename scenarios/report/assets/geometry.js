// From the packed data to borders and outlines. Units of the map's frame; y grows downwards in the data, upwards on the map.
// @ts-nocheck: read by tsc only for what it gives.

async function opened(element) {
  const bytes = Uint8Array.from(atob(element.textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// Lists of [lat, lng].
export function linesOf({ n: lengths, xy }) {
  let x = 0, y = 0, at = 0;
  return lengths.map((n) => Array.from({ length: n }, () => {
    x += xy[at++];
    y += xy[at++];
    return [-y, x];
  }));
}

// arcs: lists of [lat, lng]. ahead, behind: for each arc the block on its two sides, -1 outside. boxes: by block.
export function readShapes(data) {
  const arcs = linesOf(data.arcs);
  const ahead = new Int32Array(arcs.length).fill(-1), behind = new Int32Array(arcs.length).fill(-1);
  data.rings.forEach((rings, block) => {
    for (const ring of rings) for (const ref of ring) (ref >= 0 ? ahead : behind)[ref >= 0 ? ref : ~ref] = block;
  });
  const shapes = { arcs, ahead, behind, rings: data.rings };
  shapes.boxes = data.rings.map((rings) => boxOf(rings.map((ring) => walked(shapes, ring))));
  return shapes;
}

export function walked(shapes, ring) {
  const points = [];
  for (const ref of ring) {
    const arc = shapes.arcs[ref >= 0 ? ref : ~ref];
    const n = arc.length - 1; // the last point is the next arc's first
    if (ref >= 0) for (let i = 0; i < n; i++) points.push(arc[i]);
    else for (let i = n; i > 0; i--) points.push(arc[i]);
  }
  return points;
}

function boxOf(rings) {
  let south = Infinity, west = Infinity, north = -Infinity, east = -Infinity;
  for (const ring of rings) for (const [lat, lng] of ring) {
    south = Math.min(south, lat); north = Math.max(north, lat);
    west = Math.min(west, lng); east = Math.max(east, lng);
  }
  return [south, west, north, east];
}

// label: by block, a whole number, -1 for none. Gives Map(label -> rings): what lies together has one outline.
export function outlines(shapes, label) {
  const open = new Map();
  const put = (own, ref) => {
    if (own < 0) return;
    if (!open.has(own)) open.set(own, []);
    open.get(own).push(ref);
  };
  const of = (block) => (block < 0 ? -1 : label[block]);
  for (let a = 0; a < shapes.arcs.length; a++) {
    const one = of(shapes.ahead[a]), other = of(shapes.behind[a]);
    if (one === other) continue;
    put(one, a);
    put(other, ~a);
  }
  return new Map([...open].map(([own, refs]) => [own, chained(shapes, refs)]));
}

// Arcs joined end to start into rings. Where several begin at one place any will do: filled even-odd, all are alike.
function chained(shapes, refs) {
  const first = (ref) => (ref >= 0 ? shapes.arcs[ref][0] : shapes.arcs[~ref].at(-1));
  const last = (ref) => (ref >= 0 ? shapes.arcs[ref].at(-1) : shapes.arcs[~ref][0]);
  const key = ([lat, lng]) => lat * 65536 + lng;
  const from = new Map();
  for (const ref of refs) {
    const k = key(first(ref));
    if (from.has(k)) from.get(k).push(ref);
    else from.set(k, [ref]);
  }
  const rings = [], used = new Set();
  for (const start of refs) {
    if (used.has(start)) continue;
    const ring = [];
    for (let ref = start; ref !== undefined && !used.has(ref); ) {
      used.add(ref);
      ring.push(ref);
      ref = (from.get(key(last(ref))) || []).find((next) => !used.has(next));
    }
    rings.push(walked(shapes, ring));
  }
  return rings;
}

// Borders between different labels, the outer border included.
function bordersOf(shapes, label, chosen = (one, other) => one !== other) {
  const of = (block) => (block < 0 ? -1 : label[block]);
  return shapes.arcs.filter((_, a) => chosen(of(shapes.ahead[a]), of(shapes.behind[a])));
}

// The block at a place, -1 where there is none.
function blockAt(shapes, { lat, lng }) {
  for (let b = 0; b < shapes.boxes.length; b++) {
    const [south, west, north, east] = shapes.boxes[b];
    if (lat < south || lat > north || lng < west || lng > east) continue;
    if (shapes.rings[b].reduce((inside, ring) => inside !== holds(walked(shapes, ring), lat, lng), false)) return b;
  }
  return -1;
}

function holds(ring, lat, lng) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, x] = ring[i], [b, z] = ring[j];
    if (a > lat !== b > lat && lng < ((z - x) * (lat - a)) / (b - a) + x) inside = !inside;
  }
  return inside;
}
