// What the map's colours mean: one of a few schemes, each a colour by block and the lines of a legend.
// @ts-nocheck: read by tsc only for what it gives.

export const ZONES = ["#77aadd", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00", "#eedd88", "#ee8866", "#ffaabb", "#dddddd"];
export const WARM = ["#fff7bc", "#fee391", "#fec44f", "#fb9a29", "#ec7014", "#cc4c02", "#8c2d04"];
export const COOL = ["#f1eef6", "#d0d1e6", "#a6bddb", "#74a9cf", "#3690c0", "#0570b0", "#034e7b"];
export const EMPTY = "#ffffff";

// Edges of at most seven equal classes of a round width that hold all values.
export function classes(values, steps = [0.01, 0.02, 0.05, 0.1, 0.2]) {
  const known = values.filter((v) => v !== null && Number.isFinite(v));
  if (!known.length) return [];
  const low = Math.min(...known), high = Math.max(...known);
  for (const step of steps) {
    const first = Math.floor(low / step + 1e-9), last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
    if (last - first <= 7) return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step);
  }
  return [];
}

export const classOf = (value, edges) =>
  value === null || !edges.length
    ? -1
    : Math.max(0, Math.min(edges.length - 2, edges.findLastIndex((edge) => value >= edge - 1e-9)));

// The schemes that this district has data for: {key, of(plan) -> by block a class, colour(class), legend}.
function schemes(data, say) {
  const found = [zoneScheme(data, say)];
  const rates = (pick) => data.plans.flatMap((plan) => plan.zones.map(pick));
  const shares = (part) => part.map((n, b) => (n === null || !data.blocks.counted[b] ? null : n / data.blocks.counted[b]));
  const add = (key, text, ramp, pick, part) => {
    if (rates(pick).some((rate) => rate !== null)) found.push(zoneShares(data, `zone ${key}`, say("by_zone", { what: text }), ramp, rates(pick), pick));
    if (part && part.some((n) => n !== null)) found.push(blockShares(`block ${key}`, say("by_block", { what: text }), ramp, shares(part)));
  };
  add("poverty", say("poverty"), WARM, (zone) => zone.poverty, data.blocks.poverty);
  data.groups.forEach((group, k) => add(group, data.group_names[k], COOL, (zone) => zone.groups[k], data.blocks.groups[k]));
  return found;
}

function zoneScheme(data, say) {
  const colour = (school) => ZONES[data.schools[school].colour];
  return { key: "zones", text: say("by_school"), of: (plan) => plan.school, colour, edges: [] };
}

function zoneShares(data, key, text, ramp, all, pick) {
  const edges = classes(all);
  const of = (plan) => {
    const own = plan.zones.map((zone) => classOf(pick(zone), edges));
    return plan.school.map((school) => own[school]);
  };
  return { key, text, of, colour: (c) => shade(ramp, c, edges), edges, ramp };
}

function blockShares(key, text, ramp, share) {
  const edges = classes(share), own = share.map((value) => classOf(value, edges));
  return { key, text, of: () => own, colour: (c) => shade(ramp, c, edges), edges, ramp };
}

// Few classes are spread over the whole ramp, so that they can be told apart.
export const shade = (ramp, c, edges) =>
  c < 0 ? EMPTY : ramp[edges.length > 2 ? Math.round((c * (ramp.length - 1)) / Math.max(edges.length - 2, 1)) : 3];
