// One drawn map of one plan. Leaflet draws on a canvas; no line of it loads anything.

const DARK = "#1a1a1a", LIGHT = "#ffffff", MARK = "#ffd400", WATER = "#a9cde6", RIVER = "#8dbbdc", ROAD = "#9a9086";

class View {
  constructor(element, atlas, chosen) {
    this.atlas = atlas;
    this.element = element;
    this.map = L.map(element, {
      crs: L.CRS.Simple, attributionControl: false, zoomControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: -9,
      maxZoom: 3, scrollWheelZoom: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false,
      inertia: false, preferCanvas: true,
    });
    this.drawing = L.layerGroup().addTo(this.map);
    this.labels = L.layerGroup().addTo(this.map);
    this.towns = L.layerGroup().addTo(this.map);
    if (atlas.around) for (const [name, z] of [["behind", 380], ["fills", 390]]) Object.assign(this.map.createPane(name).style, { zIndex: z, pointerEvents: "none" });
    this.map.on("click", (event) => chosen(this, event.latlng));
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    this.map.on("zoomend", () => this.redrawOnStep());
    if (atlas.around) this.map.on("zoomend", () => this.drawTowns());
    // Leaflet leaves its canvas between two pixels here, and so blurred; the end of a move puts it straight.
    this.map.on("viewreset", () => queueMicrotask(() => this.map.fire("moveend")));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === element) chosen(this, this.map.getCenter());
    });
  }

  fit() {
    const { width, height } = this.atlas.data.frame;
    this.map.invalidateSize({ pan: false });
    this.map.fitBounds([[-height, 0], [0, width]], { animate: false, padding: [4, 4] });
    this.whole = this.map.getZoom();
  }

  show(state) {
    this.state = state;
    this.redraw();
  }

  // Blocks and names are drawn only where there is room for them.
  get step() {
    const { width, height } = this.atlas.data.frame;
    const scale = 2 ** this.map.getZoom();
    const block = Math.sqrt((width * height) / this.atlas.data.rings.length) * scale;
    const school = Math.sqrt((width * height) / this.atlas.data.schools.length) * scale;
    return [block > 14, school > 260 ? "name" : school > 34 ? "number" : "dot"];
  }

  redrawOnStep() {
    if (this.state && String(this.step) !== this.drawnStep) this.redraw();
  }

  redraw() {
    const { shapes, data } = this.atlas, { plan, scheme, mark } = this.state;
    const line = (lines, color, weight, extra = {}) =>
      lines.length && L.polyline(lines, { color, weight, interactive: false, ...extra }).addTo(this.drawing);
    const [blocks, school] = this.step;
    this.drawnStep = String(this.step);
    this.drawing.clearLayers();
    const pane = this.atlas.around ? "fills" : "overlayPane";
    if (this.atlas.around) this.drawAround(line);
    for (const [own, rings] of this.atlas.outlines(plan, scheme))
      L.polygon(rings.map((ring) => [ring]), { stroke: false, fillColor: scheme.colour(own), fillOpacity: 1, interactive: false, pane }).addTo(this.drawing);
    if (blocks) line(shapes.arcs, "#000000", 0.6, { opacity: 0.35 });
    const moved = this.atlas.moved(plan);
    if (moved.length) {
      L.polygon(moved.map((ring) => [ring]), { stroke: false, fillColor: this.hatch(), fillOpacity: 1, interactive: false }).addTo(this.drawing);
      line(moved.map((ring) => [...ring, ring[0]]), DARK, 1, { opacity: 0.9 });
    }
    const borders = this.atlas.borders(plan);
    line(borders, LIGHT, 3.5);
    line(borders, DARK, 1.6);
    line(this.atlas.context, "#0b3c6f", 1.2, { opacity: 0.75 });
    for (const lines of [mark.borders(plan), mark.rings()]) {
      line(lines, DARK, 8);
      line(lines, MARK, 4);
    }
    this.drawSchools(school, data);
    this.drawTowns();
  }

  drawAround(line) {
    const { water, rivers, roads } = this.atlas.around;
    L.polygon(water.map((ring) => [ring]), { stroke: false, fillColor: WATER, fillOpacity: 1, interactive: false, pane: "behind" }).addTo(this.drawing);
    line(rivers, RIVER, 1.8, { pane: "behind" });
    line(roads, ROAD, 1.8, { pane: "behind" });
  }

  // The names for which there is room: over no school, and none over another.
  drawTowns() {
    this.towns.clearLayers();
    if (!this.atlas.around || !this.state) return;
    const frame = this.element.getBoundingClientRect(), taken = [];
    for (const { x, y } of this.atlas.data.schools) {
      const at = this.map.latLngToContainerPoint([-y, x]);
      taken.push([at.x - 6, at.y - 6, at.x + 6, at.y + 6]);
    }
    for (const { left, top, right, bottom } of [...this.element.querySelectorAll(".map-school span")].map((label) => label.getBoundingClientRect()))
      taken.push([left - frame.left - 3, top - frame.top - 3, right - frame.left + 3, bottom - frame.top + 3]);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `italic 13px ${getComputedStyle(this.element).fontFamily}`;
    for (const { x, y, name } of this.atlas.around.places) {
      const at = this.map.latLngToContainerPoint([-y, x]), half = pen.measureText(name).width / 2 + 3;
      const box = [at.x - half, at.y - 9, at.x + half, at.y + 9];
      if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
      taken.push(box);
      const html = document.createElement("span");
      html.textContent = name;
      L.marker([-y, x], { icon: L.divIcon({ html, className: "map-town", iconSize: null }), keyboard: false, interactive: false, zIndexOffset: -10000 }).addTo(this.towns);
    }
  }

  drawSchools(how, data) {
    this.labels.clearLayers();
    data.schools.forEach((school, j) => {
      if (how === "dot") {
        L.circleMarker([-school.y, school.x], { radius: 3, color: DARK, weight: 1.5, fillColor: LIGHT, fillOpacity: 1, interactive: false }).addTo(this.drawing);
        return;
      }
      const html = document.createElement("span");
      html.textContent = how === "name" ? `${j + 1} ${school.name}` : String(j + 1);
      const icon = L.divIcon({ html, className: "map-school", iconSize: null });
      L.marker([-school.y, school.x], { icon, keyboard: false, interactive: false }).addTo(this.labels);
    });
  }

  hatch() {
    if (!this.pattern) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 8;
      const pen = tile.getContext("2d");
      pen.strokeStyle = "rgba(0,0,0,0.72)";
      pen.lineWidth = 1.5;
      pen.beginPath();
      for (const shift of [-8, 0, 8]) {
        pen.moveTo(shift, 8);
        pen.lineTo(shift + 8, 0);
      }
      pen.stroke();
      this.pattern = pen.createPattern(tile, "repeat");
    }
    return this.pattern;
  }
}
