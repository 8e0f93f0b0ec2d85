// The map: Leaflet moves it, and one canvas each holds zones and names. Only what an edit changed is drawn anew.

import { get } from "./api.js";
import { Painter } from "./draw.js";
import { Labels } from "./labels.js";
import { scheme } from "./scheme.js";
import { t } from "./words.js";

/** @typedef {import("./atlas.js").Atlas} Atlas */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./tools.js").Tools} Tools */

export const WIDE = 840; // pixels, from which there is room for the legend beside the district
const MANY = 0.2; // of all blocks: then all of the map is drawn anew
const BESIDE = 0.15; // of the view's width and height, drawn around it, so that a small move needs nothing new

export class PlanMap extends EventTarget {
  /** @param {HTMLElement} element @param {Atlas} atlas @param {Store} store @param {Tools} tools */
  constructor(element, atlas, store, tools) {
    super();
    this.element = element;
    this.atlas = atlas;
    this.store = store;
    this.tools = tools;
    this.leaflet = L.map(element, {
      crs: L.CRS.Simple, attributionControl: false, zoomControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: -9, maxZoom: 3, wheelPxPerZoomLevel: 120,
      zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false, keyboard: false, doubleClickZoom: false, boxZoom: false,
    });
    this.canvas = this.sheet("zones", 380);
    this.names = this.sheet("names", 420);
    this.painter = new Painter(context(this.canvas), atlas, store);
    this.labels = new Labels(context(this.names), atlas, store);
    /** @type {(number | null)[]} */
    this.ways = atlas.data.plans[0].travel;
    this.key = "zones";
    this.painter.chosen = this.labels.chosen = tools.now.school;
    /** @type {Set<number>} */ this.dirty = new Set();
    /** @type {number | undefined} */ this.frame = undefined;
    /** @type {number | undefined} */ this.placing = undefined;
    /** marks of limits, each by what makes it another @type {Map<string, Breach>} */ this.marks = new Map();
    this.whole = false;
    this.listen();
    this.fit();
    L.control.zoom({ position: "topright", zoomInTitle: t("map.zoom_in"), zoomOutTitle: t("map.zoom_out") }).addTo(this.leaflet);
  }

  listen() {
    this.leaflet.on("move moveend zoom viewreset resize", () => this.follow());
    new ResizeObserver(() => this.leaflet.invalidateSize({ pan: false })).observe(this.element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    this.store.addEventListener("blocks", (event) => this.touch(/** @type {CustomEvent} */ (event).detail));
    this.store.addEventListener("locks", (event) => this.touch(/** @type {CustomEvent} */ (event).detail));
    this.store.addEventListener("state", () => this.redraw());
    this.store.addEventListener("figures", () => this.judged());
    this.tools.addEventListener("change", () => this.choose());
  }

  /** @param {string} name @param {number} z @returns {HTMLCanvasElement} */
  sheet(name, z) {
    const pane = this.leaflet.createPane(name);
    Object.assign(pane.style, { zIndex: z, pointerEvents: "none" });
    return pane.appendChild(document.createElement("canvas"));
  }

  fit() {
    const { width, height } = this.atlas.data.frame, { options } = this.leaflet;
    const snap = options.zoomSnap, wide = this.element.clientWidth > WIDE; // else the legend lies below the district
    options.zoomSnap = 0;
    this.leaflet.fitBounds([[-height, 0], [0, width]], { animate: false, paddingTopLeft: [wide ? 250 : 12, 12], paddingBottomRight: [12, wide ? 12 : 100] });
    options.zoomSnap = snap;
    this.home = this.leaflet.getZoom();
  }

  /** Puts the canvases over the view, and a little more. */
  place() {
    const size = this.leaflet.getSize(), dpr = Math.min(devicePixelRatio, 2);
    const beside = size.multiplyBy(BESIDE).round(), whole = size.add(beside.multiplyBy(2));
    const corner = this.leaflet.containerPointToLayerPoint(beside.multiplyBy(-1)).round();
    const origin = this.leaflet.getPixelOrigin();
    for (const canvas of [this.canvas, this.names]) {
      L.DomUtil.setPosition(canvas, corner);
      if (canvas.width !== whole.x * dpr || canvas.height !== whole.y * dpr) {
        Object.assign(canvas, { width: whole.x * dpr, height: whole.y * dpr });
        Object.assign(canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
      }
    }
    this.corner = corner;
    this.zoom = this.leaflet.getZoom();
    this.view = { scale: 2 ** this.leaflet.getZoom() * dpr, left: -(origin.x + corner.x) * dpr, top: -(origin.y + corner.y) * dpr, width: this.canvas.width, height: this.canvas.height, dpr, seen: [beside.x, beside.y, beside.x + size.x, beside.y + size.y] };
    this.now();
    this.dispatchEvent(new Event("view"));
  }

  /** The canvas moves with the map. It is drawn anew, once a frame, at another zoom or where the view would leave it. */
  follow() {
    if (!this.covered()) {
      this.placing ??= requestAnimationFrame(() => {
        this.placing = undefined;
        this.place();
      });
    }
    this.dispatchEvent(new Event("view"));
  }

  /** Whether the canvas is of this zoom and holds all of the view. */
  covered() {
    if (!this.view || this.zoom !== this.leaflet.getZoom()) return false;
    const at = this.leaflet.layerPointToContainerPoint(this.corner), size = this.leaflet.getSize();
    const { width, height, dpr } = this.view;
    return at.x <= 0 && at.y <= 0 && at.x + width / dpr >= size.x && at.y + height / dpr >= size.y;
  }

  /** @param {number[]} blocks */
  touch(blocks) {
    for (const block of blocks) this.dirty.add(block);
    this.soon();
  }

  redraw() {
    this.whole = true;
    this.soon();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.whole) this.now();
      else if (this.dirty.size) this.painter.draw(/** @type {any} */ (this.view), this.atlas.boxOf(this.dirty));
      this.dirty.clear();
    });
  }

  now() {
    if (!this.view || !this.store.plan) return;
    this.whole = false;
    this.dirty.clear();
    this.painter.scheme = scheme(this.store, this.key, this.ways);
    this.painter.draw(this.view);
    this.labels.draw(this.view);
  }

  /** New figures: the colours of zones and the marks of limits may differ. */
  judged() {
    const marks = new Map(this.store.figures.breaches.map((one) => [[one.block, one.school, one.inherited].join(), one]));
    const other = [...marks, ...this.marks].filter(([key]) => !(marks.has(key) && this.marks.has(key)));
    const places = new Set(other.flatMap(([, one]) => this.around(one)));
    if (this.key.startsWith("zone ") || this.key === "price" || places.size > this.atlas.blocks * MANY) this.redraw();
    else if (places.size) this.touch([...places]);
    this.marks = marks;
    if (this.view) this.labels.draw(this.view);
    if (this.key === "travel") this.measure();
  }

  /** The blocks that a mark lies around. @param {Breach} breach */
  around({ block, school }) {
    if (block !== null) return [block];
    return school === null ? [] : [...this.store.school.keys()].filter((b) => this.store.school[b] === school);
  }

  choose() {
    const { school } = this.tools.now;
    if (school === this.painter.chosen) return;
    this.painter.chosen = this.labels.chosen = school;
    this.redraw();
  }

  /** @param {string} key of a scheme */
  async colour(key) {
    this.key = key;
    if (key === "travel") await this.measure();
    this.redraw();
    this.dispatchEvent(new Event("colour"));
  }

  /** How far blocks are from their schools is asked for only while the map shows it. */
  async measure() {
    const { id, seq } = this.store.plan;
    const { travel } = await get(`/api/plans/${id}/travel`);
    if (seq === this.store.plan.seq) this.ways = travel;
    this.store.version++;
    this.redraw();
  }

  get scheme() {
    return scheme(this.store, this.key, this.ways);
  }

  /** A place of the screen in units. @param {{clientX: number, clientY: number}} event @returns {[number, number]} */
  unitsAt({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    const { lat, lng } = this.leaflet.containerPointToLatLng([clientX - left - this.element.clientLeft, clientY - top - this.element.clientTop]);
    return [lng, -lat];
  }

  /** Units that a pixel measures. */
  get pixel() {
    return 2 ** -this.leaflet.getZoom();
  }

  /** The school whose label lies under the pointer, -1 for none. @param {{clientX: number, clientY: number}} event */
  schoolAt({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return this.labels.at(clientX - left, clientY - top);
  }

  /** The middle of the view, in units. @returns {[number, number]} */
  get middle() {
    const { lat, lng } = this.leaflet.getCenter();
    return [lng, -lat];
  }

  /** Moves only if it has to, so that blocks are in the view. @param {Iterable<number>} blocks */
  show(blocks) {
    const [left, top, right, bottom] = this.atlas.boxOf(blocks);
    const bounds = L.latLngBounds([-bottom, left], [-top, right]);
    if (!this.leaflet.getBounds().pad(-0.08).contains(bounds)) this.leaflet.panTo(bounds.getCenter(), { animate: false });
  }

  /** Zooms to blocks. @param {Iterable<number>} blocks @param {number} [share] of the view that they fill */
  goTo(blocks, share = 0.5) {
    const [left, top, right, bottom] = this.atlas.boxOf(blocks);
    if (left > right) return;
    const bounds = L.latLngBounds([-bottom, left], [-top, right]).pad((1 / share - 1) / 2);
    this.leaflet.fitBounds(bounds, { animate: false, maxZoom: (this.home ?? 0) + 3 });
  }

  /** Zooms to a school's zone, or to the school where it has none. @param {number} school */
  goToSchool(school) {
    const own = [...this.store.school.keys()].filter((b) => this.store.school[b] === school);
    const { x, y } = this.store.district.schools[school];
    if (own.length) this.goTo(own, 0.7);
    else this.leaflet.setView([-y, x], (this.home ?? 0) + 2, { animate: false });
  }
}

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
const context = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
