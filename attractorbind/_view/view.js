// The view of runs: the same module draws the file that a run is saved as, and the widgets of notebooks. All text is put
// in as text, never as markup, so that no name can become a part of the page.

const LANE = 20, LABELS = 150, RULER = 22, LINE = 24;
const WIRES_DRAWN = 60, MOST_PIXELS_WIDE = 8e6, BOXES_IN_SIGHT = 24, INTERVALS_TOLD = 24, EVENTS_LISTED = 2000;
// Okabe and Ito's colours, and tints of them on which dark text can be read.
const BLUE = "#0072B2", GREEN = "#006B4E", VERMILLION = "#B34700", DARK = "#1d1d1f", FAINT = "#c9c9ce";
const BAND = "rgba(230, 159, 0, 0.30)";
const TINTS = ["#b9dcf0", "#f9d9a8", "#b5e3d3", "#f4ef9f", "#e6c6d8", "#f2c3a5", "#d6ecf9", "#dcdce0"];

/** An element: its properties, with a dash or `role` as attributes, and what is in it. */
function make(tag, properties = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...inside);
  return element;
}

const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const shortened = (text, most) => {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most - 1).join("") + "…";
};
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** The place in a sorted list of the last entry that is not above a tick, -1 if there is none. */
function placeOf(at, tick) {
  let low = 0, high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] <= tick) low = middle + 1; else high = middle;
  }
  return low - 1;
}

const valueAt = (column, tick) => column.value[placeOf(column.at, tick)];

async function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** One trial, and what is asked of it. */
class Trial {
  constructor(told, own) {
    Object.assign(this, { told, own, ticks: own.ticks, wrong: own.wrong, number: own.number });
    this.gates = own.gates ?? told.gates_shared;
    this.rows = own.rows ?? told.rows_shared;
    this.kept = new Map();
  }

  once(name, find) {
    if (!this.kept.has(name)) this.kept.set(name, find());
    return this.kept.get(name);
  }

  conductance(gate, tick) { return this.gates ? valueAt(this.gates[gate], tick) : this.told.gates[gate].rest; }

  /** The symbols that a buffer overlaps most at a tick, each with the overlap in hundredths. */
  best(buffer, tick) {
    if (!this.own.best.length || !this.ticks) return [];
    const parts = valueAt(this.own.best[buffer], tick), found = [];
    for (let each = 0; each < parts.length; each += 2) found.push([parts[each], parts[each + 1]]);
    return found;
  }

  /** What a buffer holds, as the number of a symbol, -1 for nothing: the first of the best, if it overlaps by a half. */
  held(buffer) {
    return this.once(`held ${buffer}`, () => {
      const at = [], value = [], { at: ticks, value: parts } = this.own.best[buffer];
      for (let each = 0; each < ticks.length; each++) {
        const symbol = parts[each][1] >= 50 ? parts[each][0] : -1;
        if (!at.length || symbol !== value[value.length - 1]) { at.push(ticks[each]); value.push(symbol); }
      }
      return { at, value };
    });
  }

  heldName(buffer, tick) {
    if (!this.own.best.length) return this.ticks ? this.own.held[buffer] ?? "" : "";
    if (!this.ticks) return "";
    const symbol = valueAt(this.held(buffer), tick);
    return symbol < 0 ? "" : this.told.symbols[symbol] ?? "";
  }

  row(tick) { return this.rows && this.ticks ? valueAt(this.rows, tick) : -1; }

  /** From the first to the last tick of every stretch in which a column is as is asked. */
  stretches(column, holds) {
    const found = [];
    column.at.forEach((tick, place) => {
      if (tick >= this.ticks || !holds(column.value[place])) return;
      const last = Math.min(column.at[place + 1] ?? this.ticks, this.ticks) - 1;
      const before = found[found.length - 1];
      if (before && before[1] === tick - 1) before[1] = last; else found.push([tick, last]);
    });
    return found;
  }

  open(gate) { return this.once(`open ${gate}`, () => this.stretches(this.gates[gate], (value) => value > 0)); }

  /** The ticks at which gates, what is held, or the row of the listing are new. */
  get changes() {
    return this.once("changes", () => {
      const ticks = new Set();
      const add = (column) => { for (const tick of column.at) if (tick > 0 && tick < this.ticks) ticks.add(tick); };
      this.gates?.forEach(add);
      this.own.best.forEach((_, buffer) => add(this.held(buffer)));
      if (this.rows) add(this.rows);
      this.own.events.forEach(([tick]) => { if (tick > 0) ticks.add(tick); });
      return [...ticks].sort((one, other) => one - other);
    });
  }

  /** The gates that are ever as they are not at rest. */
  get moving() {
    return this.once("moving", () => {
      const numbers = this.told.gates.map((_, gate) => gate);
      return this.gates ? numbers.filter((gate) => this.gates[gate].value.some((v) => v !== this.told.gates[gate].rest)) : [];
    });
  }
}

/** The network: boxes, wires, and what is open. */
class Drawing {
  constructor(view) {
    this.view = view;
    this.element = make("div", { className: "drawing", tabIndex: 0, role: "group", "aria-label": "Drawing of the network" });
  }

  load(told) {
    this.told = told;
    const [width, height] = told.size, [boxWidth, boxHeight] = told.box;
    // The parser knows the language of drawings by its tag, so that its name need not be written here as an address.
    this.element.innerHTML = "<svg></svg>";
    this.svg = this.element.firstChild;
    this.set(this.svg, { viewBox: `-6 -6 ${width + 12} ${height + 12}`, role: "img", width: Math.min(width * 1.15, 900) });
    // Of many boxes only a part is in sight, large enough to be read.
    const large = told.nodes.length > BOXES_IN_SIGHT;
    this.svg.style.minWidth = large ? `${width * 0.8}px` : "";
    this.svg.style.maxHeight = large ? "none" : "";
    this.svg.setAttribute("aria-label", "The network. What it shows is told in words beside it.");
    const at = Object.fromEntries(told.nodes.map((node) => [node.name, node]));
    const many = told.gates.filter((gate) => gate.source !== gate.target).length > WIRES_DRAWN;
    this.wires = new Map();
    told.gates.forEach((gate, number) => {
      if (gate.source === gate.target) return;
      const from = at[gate.source], to = at[gate.target];
      const wire = this.draw("g", { class: `wire ${gate.kind}${many ? " many" : ""}` }, this.svg);
      const { path, head, middle } = this.way(from, to, boxWidth - 18, boxHeight - 22);
      this.draw("path", { d: path, class: "hit" }, wire);
      this.draw("path", { d: path, class: "line" }, wire);
      this.draw("path", { d: head, class: "head" }, wire);
      if (gate.nuclei.length) this.draw("rect", { x: middle[0] - 5, y: middle[1] - 5, width: 10, height: 10, class: "nucleus" }, wire);
      const title = gate.nuclei.length ? `${gate.name}, through nucleus ${gate.nuclei[0]}` : gate.name;
      this.draw("title", {}, wire).textContent = title;
      wire.addEventListener("click", () => this.view.clickGate(number));
      this.wires.set(number, wire);
    });
    this.boxes = told.nodes.map((node) => {
      const box = this.draw("g", { class: `box ${node.kind === "buffer" ? "buffer" : "area"}` }, this.svg);
      const size = { x: node.x - boxWidth / 2 + 9, y: node.y - boxHeight / 2 + 11, width: boxWidth - 18, height: boxHeight - 22 };
      this.draw("rect", { ...size, rx: node.kind === "buffer" ? 4 : 18 }, box);
      this.draw("title", {}, box).textContent = `${node.kind} ${node.name}`;
      this.draw("text", { x: node.x, y: node.y - 3, class: "name" }, box).textContent = shortened(node.name, 15);
      const holds = this.draw("text", { x: node.x, y: node.y + 13, class: "holds" }, box);
      const latch = told.gates.findIndex((gate) => gate.kind === "latch" && gate.name === node.name);
      if (latch >= 0) box.addEventListener("click", () => this.view.clickGate(latch));
      const switches = told.gates.map((gate, number) => [gate, number]).filter(([gate]) => gate.kind === "switch" && gate.source === node.name);
      return { box, holds, latch, switches, buffer: told.buffers.indexOf(node.name), isBuffer: node.kind === "buffer" };
    });
  }

  set(element, attributes) { for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value); }

  draw(tag, attributes, parent) {
    const element = document.createElementNS(this.svg.namespaceURI, tag);
    this.set(element, attributes);
    parent.append(element);
    return element;
  }

  /** A bent way from the edge of one box to that of another, and the head of its arrow. */
  way(from, to, width, height) {
    const [dx, dy] = [to.x - from.x, to.y - from.y], length = Math.hypot(dx, dy) || 1;
    const bend = [-dy / length * 16, dx / length * 16];
    const middle = [(from.x + to.x) / 2 + bend[0], (from.y + to.y) / 2 + bend[1]];
    const edge = (box, [x, y], room) => {
      const [ax, ay] = [x - box.x, y - box.y];
      const scale = Math.min((width / 2 + room) / Math.abs(ax || 1e-9), (height / 2 + room) / Math.abs(ay || 1e-9), 1);
      return [box.x + ax * scale, box.y + ay * scale];
    };
    const start = edge(from, middle, 0), end = edge(to, middle, 2);
    const angle = Math.atan2(end[1] - middle[1], end[0] - middle[0]);
    const side = (turn) => [end[0] - 9 * Math.cos(angle + turn), end[1] - 9 * Math.sin(angle + turn)];
    const point = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;
    const path = `M ${point(start)} Q ${point(middle)} ${point(end)}`;
    const curve = [0, 1].map((axis) => start[axis] / 4 + middle[axis] / 2 + end[axis] / 4);
    return { path, head: `M ${point(end)} L ${point(side(0.4))} L ${point(side(-0.4))} Z`, middle: curve };
  }

  refresh(trial, tick) {
    const at = (gate) => this.view.conductance(gate);
    for (const [gate, wire] of this.wires) {
      wire.classList.toggle("open", at(gate) > 0);
      wire.classList.toggle("marked", this.view.marked === gate);
    }
    for (const { box, holds, latch, switches, buffer, isBuffer } of this.boxes) {
      if (latch >= 0) {
        box.classList.toggle("closed", at(latch) === 0);
        box.classList.toggle("marked", this.view.marked === latch);
      }
      const doing = switches.filter(([, number]) => at(number) > 0).map(([gate]) => gate.name.slice(gate.source.length + 1));
      put(holds, shortened(isBuffer ? trial.heldName(buffer, tick) : doing.join(", "), 15));
    }
  }
}

/** Gates, buffers and numbers over time. Only what can be seen is drawn. */
class Raster {
  constructor(view) {
    this.view = view;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.sheet = make("div", { className: "sheet" }, this.canvas);
    this.scroller = make("div", { className: "raster", tabIndex: 0, role: "group", "aria-label": "Gates and buffers over time. Arrow keys step." }, this.sheet);
    this.every = make("input", { type: "checkbox" });
    this.zoom = make("input", { type: "range", min: 0, max: 100, value: 60, "aria-label": "width of a tick" });
    this.element = make("div", {}, make("p", { className: "options" },
      make("label", {}, this.every, " gates that stay at rest, too"), make("label", {}, "zoom ", this.zoom)), this.scroller);
    this.every.addEventListener("change", () => this.lay());
    this.zoom.addEventListener("input", () => { this.lay(); this.follow(); });
    this.scroller.addEventListener("scroll", () => this.soon());
    this.canvas.addEventListener("click", (event) => this.click(event));
    this.watch = new ResizeObserver(() => this.soon());
    this.watch.observe(this.scroller);
  }

  get wide() { return Math.min(2 ** (Number(this.zoom.value) / 14) / 1.2, MOST_PIXELS_WIDE / Math.max(this.trial?.ticks ?? 1, 1)); }

  lay() {
    const { told, trial } = this.view;
    this.trial = trial;
    const every = trial.gates && this.every.checked;
    const gates = every ? told.gates.map((_, gate) => gate) : trial.moving;
    this.lanes = gates.map((gate) => ({ kind: "gate", gate, name: told.gates[gate].name + (told.gates[gate].kind === "latch" ? " latch" : "") }));
    if (trial.own.best.length) told.buffers.forEach((name, buffer) => this.lanes.push({ kind: "buffer", buffer, name }));
    for (const [name, column] of Object.entries(trial.own.curves)) {
      const most = column.value.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-9);
      this.lanes.push({ kind: "curve", column, name, most });
    }
    const height = RULER + LANE * this.lanes.length;
    // The canvas stays in sight while the sheet under it is scrolled.
    this.sheet.style.width = `${LABELS + Math.ceil(this.wide * trial.ticks) + 12}px`;
    this.sheet.style.height = `${height}px`;
    this.scroller.style.height = `${Math.min(height + 18, 460)}px`;
    this.tall = height;
    this.soon();
  }

  soon() { this.waiting ??= requestAnimationFrame(() => { this.waiting = undefined; this.draw(); }); }

  /** Bring the tick into sight. */
  follow() {
    const seen = this.scroller.clientWidth - LABELS, at = this.wide * this.view.tick;
    if (at < this.scroller.scrollLeft || at + this.wide > this.scroller.scrollLeft + seen) this.scroller.scrollLeft = at - seen / 3;
    this.soon();
  }

  draw() {
    const { scroller, canvas, trial, wide } = this, { clientWidth: width, clientHeight: height } = scroller;
    if (!trial || !width) return;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d", { alpha: false });
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, height);
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    const { scrollLeft, scrollTop } = scroller;
    const first = Math.max(Math.floor(scrollLeft / wide), 0), last = Math.min(Math.ceil((scrollLeft + width - LABELS) / wide), trial.ticks) - 1;
    const x = (tick) => LABELS + tick * wide - scrollLeft;
    pen.save();
    pen.beginPath();
    pen.rect(LABELS, 0, width - LABELS, height);
    pen.clip();
    this.drawMarked(pen, x, first, last, Math.min(this.tall, height) - RULER);
    const from = Math.max(Math.floor(scrollTop / LANE), 0);
    const to = Math.min(Math.ceil((scrollTop + height - RULER) / LANE), this.lanes.length);
    for (let lane = from; lane < to; lane++) this.drawLane(pen, this.lanes[lane], RULER + lane * LANE - scrollTop, x, first, last);
    pen.fillStyle = "#ffffff";
    pen.fillRect(LABELS, 0, width - LABELS, RULER);
    this.drawRuler(pen, x, first, last);
    if (trial.ticks) {
      pen.strokeStyle = DARK;
      pen.lineWidth = 1.5;
      pen.strokeRect(x(this.view.tick), 1, Math.max(wide, 2), Math.min(this.tall, height) - 2);
    }
    pen.restore();
    pen.fillStyle = "#f5f5f7";
    pen.fillRect(0, 0, LABELS - 4, height);
    pen.save();
    pen.beginPath();
    pen.rect(0, RULER, LABELS - 4, height);
    pen.clip();
    pen.fillStyle = DARK;
    for (let lane = from; lane < to; lane++) {
      const marked = this.lanes[lane].kind === "gate" && this.lanes[lane].gate === this.view.marked;
      pen.font = `${marked ? "bold " : ""}12px system-ui, sans-serif`;
      pen.fillText((marked ? "▸ " : "") + shortened(this.lanes[lane].name, 21), 6, RULER + (lane + 0.5) * LANE - scrollTop);
    }
    pen.restore();
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = DARK;
    pen.fillText("tick", 6, RULER / 2);
  }

  drawMarked(pen, x, first, last, height) {
    const { marked } = this.view;
    if (marked === null || !this.trial.gates) return;
    const stretches = this.trial.open(marked);
    pen.fillStyle = BAND;
    for (let each = Math.max(placeOf(stretches.map(([start]) => start), first), 0); each < stretches.length && stretches[each][0] <= last; each++) {
      pen.fillRect(x(stretches[each][0]), RULER, (stretches[each][1] + 1 - stretches[each][0]) * this.wide, height);
    }
  }

  drawLane(pen, lane, top, x, first, last) {
    pen.fillStyle = "#ececef";
    pen.fillRect(LABELS, top + LANE - 1, pen.canvas.width, 1);
    const { trial, view } = this;
    const column = lane.kind === "gate" ? trial.gates[lane.gate] : lane.kind === "buffer" ? trial.held(lane.buffer) : lane.column;
    const { at, value } = column, middle = top + LANE / 2;
    for (let place = Math.max(placeOf(at, first), 0); place < at.length && at[place] <= last; place++) {
      const start = Math.max(at[place], first), end = Math.min(at[place + 1] ?? trial.ticks, last + 1), own = value[place];
      const left = x(start), wide = (end - start) * this.wide;
      if (lane.kind === "gate") {
        if (own <= 0) continue;
        const { kind } = view.told.gates[lane.gate], half = Math.max(own * (LANE / 2 - 4), 1);
        pen.fillStyle = kind === "latch" ? "#8a8f98" : kind === "relay" ? BLUE : GREEN;
        pen.fillRect(left, middle - half, wide, 2 * half);
      } else if (lane.kind === "buffer") {
        if (own < 0) continue;
        pen.fillStyle = TINTS[own % TINTS.length];
        pen.fillRect(left, top + 1, wide, LANE - 3);
        pen.fillStyle = "#8a8f98";
        if (start === at[place]) pen.fillRect(left, top + 1, 1, LANE - 3);
        pen.fillStyle = DARK;
        const letters = Math.floor((wide - 4) / 7);
        if (letters > 1) pen.fillText(shortened(view.told.symbols[own] ?? "(free code)", letters), left + 4, middle);
      } else if (own) {
        const tall = own / lane.most * (LANE / 2 - 2);
        pen.fillStyle = own > 0 ? BLUE : VERMILLION;
        pen.fillRect(left, Math.min(middle, middle - tall), wide, Math.abs(tall));
      }
    }
  }

  drawRuler(pen, x, first, last) {
    const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000].find((step) => step * this.wide >= 44) ?? 1e6;
    pen.fillStyle = DARK;
    for (let tick = Math.ceil(first / every) * every; tick <= last; tick += every) {
      pen.fillText(String(tick), x(tick) + 2, RULER / 2);
      pen.fillRect(x(tick), RULER - 4, 1, 4);
    }
    pen.fillStyle = VERMILLION;
    const { events } = this.trial.own;
    for (let each = placeOf(events.map(([tick]) => tick), first - 1) + 1; each < events.length && events[each][0] <= last; each++) {
      pen.fillRect(x(events[each][0]), RULER - 4, Math.max(this.wide, 2), 4);
    }
  }

  click(event) {
    const box = this.canvas.getBoundingClientRect();
    const [across, down] = [event.clientX - box.left, event.clientY - box.top];
    const lane = down < RULER ? undefined : this.lanes[Math.floor((down - RULER + this.scroller.scrollTop) / LANE)];
    if (lane?.kind === "gate") this.view.mark(lane.gate);
    if (across >= LABELS) this.view.go(Math.floor((across - LABELS + this.scroller.scrollLeft) / this.wide));
  }
}

/** The listing: only the lines that can be seen are there. */
class Listing {
  constructor(view) {
    this.view = view;
    this.head = make("div", { className: "line head", "aria-hidden": "true" });
    this.lines = make("div", { className: "lines" });
    this.list = make("div", { className: "listing", role: "listbox", tabIndex: 0, "aria-label": "The program's listing. Up and down choose a row, Enter goes to the tick at which it ran." }, this.head, this.lines);
    this.told = make("p", { className: "ran", "aria-live": "polite" });
    this.element = make("div", {}, this.list, this.told);
    this.list.addEventListener("scroll", () => this.draw());
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.lines.addEventListener("click", (event) => {
      const line = event.target.closest("[data-row]");
      if (line) this.ask(Number(line.dataset.row));
    });
    this.ident = `attractorbind-${Math.random().toString(36).slice(2)}`;
  }

  load(told) {
    this.all = told.lines;
    this.chosen = -1;
    const widths = told.heads.map((head, place) => told.lines.reduce((most, line) => Math.max(most, [...line[place]].length), [...head].length));
    this.list.style.setProperty("--columns", widths.map((wide) => wide ? `${Math.min(wide, 60) + 2}ch` : "0").join(" "));
    this.head.replaceChildren(...told.heads.map((head) => make("span", {}, head)));
    this.lines.style.height = `${this.all.length * LINE}px`;
    put(this.told, "");
    this.drawn = "";
  }

  refresh(trial, tick) {
    this.current = trial.row(tick);
    if (this.current >= 0) this.intoSight(this.current);
    this.draw();
  }

  intoSight(row) {
    const top = row * LINE, seen = this.list.clientHeight - 2 * LINE;
    if (top < this.list.scrollTop || top > this.list.scrollTop + seen) this.list.scrollTop = Math.max(top - seen / 2, 0);
  }

  draw() {
    const from = Math.max(Math.floor(this.list.scrollTop / LINE) - 10, 0);
    const to = Math.min(from + Math.ceil((this.list.clientHeight || 400) / LINE) + 20, this.all.length);
    const drawn = `${from} ${to} ${this.current} ${this.chosen}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.lines.replaceChildren(...this.all.slice(from, to).map((line, place) => this.line(line, from + place)));
    if (this.chosen >= from && this.chosen < to) this.list.setAttribute("aria-activedescendant", `${this.ident}-${this.chosen}`);
    else this.list.removeAttribute("aria-activedescendant");
  }

  line(cells, row) {
    const current = row === this.current, chosen = row === this.chosen;
    const line = make("div", {
      className: `line${current ? " current" : ""}${chosen ? " chosen" : ""}`, id: `${this.ident}-${row}`, role: "option",
      "aria-selected": chosen, "aria-setsize": this.all.length, "aria-posinset": row + 1, "data-row": row,
    }, ...cells.map((cell) => make("span", { title: cell }, cell)));
    if (current) line.setAttribute("aria-current", "step");
    line.style.top = `${row * LINE}px`;
    return line;
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    if (event.key in steps) {
      const before = this.chosen < 0 ? this.current : this.chosen;
      this.chosen = Math.min(Math.max(before + steps[event.key], 0), this.all.length - 1);
      this.intoSight(this.chosen);
      this.draw();
    } else if (event.key === "Enter") this.ask(this.chosen < 0 ? this.current : this.chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Go to the tick at which a row ran; asked again, to the next time that it did. */
  ask(row) {
    const { trial, tick } = this.view;
    if (row < 0) return;
    this.chosen = row;
    if (!trial.rows) { put(this.told, "When rows ran was not recorded."); this.draw(); return; }
    const ran = trial.stretches(trial.rows, (value) => value === row);
    if (!ran.length) { put(this.told, `Row ${row} did not run in trial ${trial.number}.`); this.draw(); return; }
    const next = ran.find(([start]) => start > tick) ?? ran[0];
    this.view.go((trial.row(tick) === row ? next : ran[0])[0]);
    put(this.told, `Row ${row} ran ${ran.length === 1 ? "once" : `${ran.length} times`}, ${ticksTold(ran)}.`);
  }
}

function ticksTold(stretches) {
  const told = stretches.slice(0, INTERVALS_TOLD).map(([first, last]) => first === last ? `${first}` : `${first} to ${last}`);
  return `at ticks ${told.join(", ")}${stretches.length > INTERVALS_TOLD ? ", ..." : ""}`;
}

/** What the buffers hold at the tick, with the symbols that they overlap most. */
class Buffers {
  constructor() {
    this.body = make("tbody");
    this.heads = make("tr");
    this.element = make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": "What the buffers hold" },
      make("table", { className: "buffers" }, make("thead", {}, this.heads), this.body));
  }

  load(told, best) {
    this.told = told;
    const heads = ["buffer", "holds", ...["best overlaps", "second", "third"].slice(0, best)];
    this.heads.replaceChildren(...heads.map((head) => make("th", { scope: "col" }, head)));
    this.rows = told.buffers.map((name) => {
      const holds = make("td", { className: "holds" });
      const cells = Array.from({ length: best }, () => {
        const own = { name: make("span", { className: "symbol" }), number: make("span", { className: "number" }), bar: make("i") };
        return { ...own, cell: make("td", { className: "overlap" }, own.bar, own.name, " ", own.number) };
      });
      const row = make("tr", {}, make("th", { scope: "row" }, name), holds, ...cells.map(({ cell }) => cell));
      return { row, holds, cells };
    });
    this.body.replaceChildren(...this.rows.map(({ row }) => row));
  }

  refresh(trial, tick) {
    this.rows.forEach(({ holds, cells }, buffer) => {
      put(holds, trial.heldName(buffer, tick));
      const best = trial.best(buffer, tick);
      cells.forEach(({ name, number, bar }, place) => {
        const [symbol, hundredths] = best[place] ?? [];
        put(name, symbol === undefined ? "" : this.told.symbols[symbol] ?? "(free code)");
        put(number, symbol === undefined ? "" : (hundredths / 100).toFixed(2));
        bar.style.width = `${Math.max(hundredths ?? 0, 0)}%`;
      });
    });
  }
}

/** What happened at single ticks, what areas hold at the end, what was put out, and numbers that go with the tick. */
class Happenings {
  constructor(view) {
    this.view = view;
    this.numbers = make("p", { className: "numbers" });
    this.events = make("ol", { className: "events" });
    this.memories = make("div");
    this.outputs = make("p");
    this.element = make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": "Memories and events" }, this.numbers, this.events, this.outputs, this.memories);
  }

  load(told, trial) {
    const { own } = trial;
    const shown = own.events.slice(0, EVENTS_LISTED), more = own.events.length - shown.length;
    this.buttons = shown.map(([tick, text]) => {
      const button = make("button", { type: "button" }, `tick ${tick}: ${text}`);
      button.addEventListener("click", () => this.view.go(tick));
      return button;
    });
    this.events.replaceChildren(...this.buttons.map((button) => make("li", {}, button)), ...(more ? [make("li", {}, `and ${plural(more, "event")} more`)] : []));
    this.events.hidden = !shown.length;
    put(this.outputs, own.outputs.length ? `Put out: ${own.outputs.map((word) => word ?? "(nothing)").join(" ")}` : "");
    this.memories.replaceChildren(...told.areas.flatMap((name, area) => own.snapshots[area].length ? [this.memory(name, own.snapshots[area])] : []));
    this.empty = !shown.length && !own.outputs.length && !this.memories.childElementCount && !Object.keys(own.curves).length;
  }

  memory(name, snapshots) {
    const buffers = Object.keys(snapshots[0]);
    const line = (cells, tag) => make("tr", {}, ...cells.map((cell) => make(tag, {}, cell)));
    return make("table", { className: "memory" }, make("caption", {}, `${name} at the end: ${plural(snapshots.length, "snapshot")}, the oldest first`),
      make("thead", {}, line(buffers, "th")), make("tbody", {}, ...snapshots.map((each) => line(buffers.map((buffer) => each[buffer] ?? ""), "td"))));
  }

  refresh(trial, tick) {
    const curves = Object.entries(trial.own.curves);
    put(this.numbers, trial.ticks ? curves.map(([name, column]) => `${name} ${valueAt(column, tick).toFixed(3)}`).join("; ") : "");
    trial.own.events.slice(0, this.buttons.length).forEach(([at], place) => this.buttons[place].classList.toggle("now", at === tick));
  }
}

/** Gates by hand, symbols presented, noise and leak: what a live view asks Python for. */
class Hand {
  constructor(view, send) {
    Object.assign(this, { view, send, opened: new Map() });
    this.gates = make("div", { className: "hand-gates", role: "group", "aria-label": "Gates by hand" });
    this.find = make("input", { type: "search", placeholder: "part of a name", "aria-label": "gates with this in their name" });
    this.find.addEventListener("input", () => this.showGates());
    this.ticks = make("input", { type: "number", min: 1, max: 1000, value: 1, "aria-label": "ticks" });
    this.buffer = make("select", { "aria-label": "buffer" });
    this.symbol = make("select", { "aria-label": "symbol" });
    const button = (text, run) => { const own = make("button", { type: "button" }, text); own.addEventListener("click", run); return own; };
    this.rates = Object.fromEntries([["noise", 0.2], ["leak", 0.5]].map(([name, most]) => {
      const slider = make("input", { type: "range", min: 0, max: most, step: 0.005, value: 0, "aria-label": name });
      const told = make("output", {}, "0");
      slider.addEventListener("input", () => put(told, slider.value));
      return [name, { slider, told, label: make("label", {}, `${name} `, slider, told) }];
    }));
    this.code = make("textarea", { readOnly: true, rows: 6, spellcheck: false, "aria-label": "what was done, as a program" });
    this.copied = make("span", { role: "status" });
    this.message = make("p", { className: "message", role: "alert" });
    this.element = make("div", { className: "hand" },
      make("p", {}, button("tick", () => this.do({ do: "tick" })), " for ", this.ticks, " ticks more, with these gates:"), this.find, this.gates,
      make("p", {}, button("present", () => this.do({ do: "present", buffer: this.buffer.value, symbol: this.symbol.value })), " ", this.symbol, " to ", this.buffer, " (gates at rest meanwhile)"),
      make("p", {}, this.rates.noise.label, " ", this.rates.leak.label),
      make("p", {}, button("undo", () => this.do({ do: "undo" })), " ", button("start again", () => this.do({ do: "reset" })), " ",
        button("gates to rest", () => { this.opened.clear(); this.showGates(); this.view.refresh(); })),
      this.message, this.code, make("p", {}, button("copy the program", () => this.copy()), " ", this.copied));
  }

  load(told) {
    if (this.buffer.options.length !== told.buffers.length) {
      this.buffer.replaceChildren(...told.buffers.map((name) => make("option", { value: name }, name)));
      this.symbol.replaceChildren(...told.symbols.map((name) => make("option", { value: name }, name)));
    }
    this.told = told;
    this.rates.noise.slider.disabled = !told.live.noisy;
    this.rates.noise.label.title = told.live.noisy ? "" : "noise needs a key: explore(network, key=jax.random.key(0))";
    this.code.value = told.live.code;
    put(this.message, told.live.message);
    this.showGates();
  }

  conductance(gate) { return this.opened.get(gate) ?? this.told.gates[gate].rest; }

  toggle(gate) {
    if (this.opened.has(gate)) this.opened.delete(gate); else this.opened.set(gate, 1 - this.told.gates[gate].rest);
    this.showGates();
    this.view.refresh();
  }

  showGates() {
    const shown = this.told.gates.map((gate, number) => [gate, number]).filter(([gate]) => gate.name.includes(this.find.value)).slice(0, 200);
    // The boxes stay if they are for the same gates, so that none loses the focus.
    const key = shown.map(([, number]) => number).join(" ");
    if (this.key !== key) {
      this.key = key;
      this.boxes = shown.map(([gate, number]) => {
        const box = make("input", { type: "checkbox" });
        box.addEventListener("change", () => this.toggle(number));
        const label = make("label", {}, box, ` ${gate.name}${gate.kind === "latch" ? " (latch)" : ""}`);
        return { number, box, label };
      });
      this.gates.replaceChildren(...this.boxes.map(({ label }) => label));
    }
    for (const { number, box } of this.boxes) box.checked = this.conductance(number) > 0;
  }

  do(command) {
    const names = (open) => [...this.opened].filter(([, value]) => (value > 0) === open).map(([gate]) => this.told.gates[gate].name);
    const rates = Object.fromEntries(Object.entries(this.rates).map(([name, { slider }]) => [name, Number(slider.value)]));
    this.send({ ...command, ...rates, ticks: Number(this.ticks.value), open: names(true), closed: names(false) });
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.code.value);
      put(this.copied, "copied");
    } catch {
      this.code.select();
      put(this.copied, "selected: press Ctrl-C");
    }
  }
}

/** All of it. */
class View {
  constructor(root, send) {
    Object.assign(this, { root, tick: 0, marked: null, playing: null, live: Boolean(send) });
    root.classList.add("attractorbind-view", this.live ? "by-hand" : "recorded");
    this.drawing = new Drawing(this);
    this.raster = new Raster(this);
    this.listing = new Listing(this);
    this.buffers = new Buffers();
    this.happenings = new Happenings(this);
    this.hand = send ? new Hand(this, send) : null;
    this.heading = make("p", { className: "first", role: "status" });
    this.hint = make("p", { className: "hint" });
    this.trials = make("select", { "aria-label": "trial" });
    this.wrong = this.button("first trial that went wrong", () => this.goWrong());
    this.state = make("p", { className: "state" });
    this.slider = make("input", { type: "range", min: 0, "aria-label": "time line" });
    this.number = make("input", { type: "number", min: 0, "aria-label": "tick" });
    this.last = make("span");
    this.speed = make("select", { "aria-label": "ticks a second" }, ...[2, 5, 20, 60].map((value) => make("option", { value, selected: value === 5 }, String(value))));
    this.play = this.button("play", () => this.playOrStop());
    this.marking = make("select", { "aria-label": "mark when a gate is open" });
    this.openAt = make("p", { className: "open-at", "aria-live": "polite" });
    this.notAtRest = make("p", { className: "gates-now" });
    const title = (text) => make("h2", {}, text);
    const part = (name, heading, ...inside) => make("section", { className: name }, title(heading), ...inside);
    this.parts = {
      drawing: part("part-drawing", "Network", this.drawing.element, this.notAtRest),
      hand: this.hand ? part("part-hand", "By hand", this.hand.element) : null,
      buffers: part("part-buffers", "Buffers", this.buffers.element),
      raster: part("part-raster", "Gates and buffers over time", this.raster.element, make("p", { className: "marking" }, make("label", {}, "mark when a gate is open: ", this.marking), " ",
        this.button("previous time", () => this.goOpen(-1)), " ", this.button("next time", () => this.goOpen(1))), this.openAt),
      listing: part("part-listing", "Program", this.listing.element),
      happenings: part("part-happenings", "Memory and events", this.happenings.element),
    };
    const controls = make("div", { className: "controls", role: "group", "aria-label": "Time line" },
      this.button("previous change", () => this.goChange(-1)), this.button("step back", () => this.go(this.tick - 1)), this.play,
      this.button("step", () => this.go(this.tick + 1)), this.button("next change", () => this.goChange(1)),
      make("label", {}, "tick ", this.number), this.last, this.slider, make("label", {}, "ticks a second ", this.speed));
    this.chooser = make("div", { className: "chooser" }, make("label", {}, "trial ", this.trials), this.wrong, this.state);
    root.replaceChildren(make("h1", {}, this.live ? "A network by hand" : "A run, tick by tick"), this.heading, this.hint, this.chooser, controls,
      make("div", { className: "parts" }, ...Object.values(this.parts).filter(Boolean)),
      make("p", { className: "keys" }, `Keys: left and right step, n and p go to the next and previous change, space plays, Home and End${this.live ? "" : ", w the first trial that went wrong"}.`));
    this.trials.addEventListener("change", () => this.choose(Number(this.trials.value)));
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.number.addEventListener("change", () => this.go(Number(this.number.value)));
    this.speed.addEventListener("change", () => { if (this.playing) { this.playOrStop(); this.playOrStop(); } });
    this.marking.addEventListener("change", () => this.mark(this.marking.value === "" ? null : Number(this.marking.value)));
    root.addEventListener("keydown", (event) => this.key(event));
    // On a page of its own keys are for it wherever the focus is; in a notebook only where it is inside.
    this.elsewhere = (event) => { if (!this.live && root.tagName === "MAIN" && event.target === document.body) this.key(event); };
    document.addEventListener("keydown", this.elsewhere);
  }

  button(text, run) {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", run);
    return button;
  }

  load(told) {
    this.told = told;
    this.all = told.trials.map((own) => new Trial(told, own));
    this.trials.replaceChildren(...this.all.map(({ number, wrong }, place) => make("option", { value: place }, `${number}${wrong.length ? " (went wrong)" : ""}`)));
    const wrong = this.all.filter((trial) => trial.wrong.length).length;
    this.wrong.disabled = !wrong;
    this.wrongTold = `${wrong} of ${plural(this.all.length, "trial")} went wrong.`;
    this.chooser.hidden = this.live;
    put(this.heading, told.start.text);
    this.heading.hidden = !told.start.text;
    put(this.hint, told.hint);
    this.hint.hidden = !told.hint;
    this.drawing.load(told);
    this.hand?.load(told);
    this.listing.load(told);
    this.parts.listing.hidden = !told.lines.length;
    this.marking.replaceChildren(make("option", { value: "" }, "(none)"), ...told.gates.map((gate, number) => make("option", { value: number }, gate.name)));
    this.marking.value = this.marked === null ? "" : String(this.marked);
    const best = Math.max(0, ...this.all.map(({ own }) => own.best.length && own.ticks ? own.best[0].value[0].length / 2 : 0));
    this.buffers.load(told, best);
    const place = Math.max(this.all.findIndex((trial) => trial.number === told.start.trial), 0);
    this.choose(place, told.start.tick);
  }

  choose(place, tick = this.tick) {
    this.trial = this.all[place];
    this.trials.value = String(place);
    const most = Math.max(this.trial.ticks - 1, 0);
    this.slider.max = most;
    this.number.max = most;
    put(this.last, ` of 0 to ${most}`);
    const { wrong, number } = this.trial;
    put(this.state, wrong.length ? `Trial ${number} went wrong: ${wrong.join("; ")}. ${this.wrongTold}` : `Trial ${number} ended well. ${this.wrongTold}`);
    this.state.classList.toggle("bad", wrong.length > 0);
    this.happenings.load(this.told, this.trial);
    this.parts.happenings.hidden = this.happenings.empty;
    put(this.listing.told, "");
    this.tick = 0;
    this.raster.lay();
    this.tellOpen();
    this.go(tick);
  }

  go(tick) {
    this.tick = Math.min(Math.max(Math.round(tick) || 0, 0), Math.max(this.trial.ticks - 1, 0));
    this.refresh();
    this.raster.follow();
  }

  refresh() {
    this.slider.value = this.tick;
    this.number.value = this.tick;
    this.slider.setAttribute("aria-valuetext", `tick ${this.tick}`);
    this.drawing.refresh(this.trial, this.tick);
    this.buffers.refresh(this.trial, this.tick);
    this.happenings.refresh(this.trial, this.tick);
    this.listing.refresh(this.trial, this.tick);
    put(this.notAtRest, this.gatesTold());
    this.raster.soon();
  }

  /** A gate's conductance as the drawing shows it: in a live view as it is set by hand. */
  conductance(gate) {
    if (this.hand) return this.hand.conductance(gate);
    return this.trial.ticks ? this.trial.conductance(gate, this.tick) : this.told.gates[gate].rest;
  }

  gatesTold() {
    const { trial, told, tick } = this;
    if (!trial.gates) return "Which gates were open was not recorded.";
    if (!trial.ticks) return "No tick has been taken yet.";
    const named = (gate) => { const value = trial.conductance(gate, tick); return value === 1 - told.gates[gate].rest ? told.gates[gate].name : `${told.gates[gate].name}=${+value.toFixed(3)}`; };
    const moved = trial.moving.filter((gate) => trial.conductance(gate, tick) !== told.gates[gate].rest);
    const latches = moved.filter((gate) => told.gates[gate].kind === "latch").map(named);
    const others = moved.filter((gate) => told.gates[gate].kind !== "latch").map(named);
    return `Tick ${tick}. Gates open: ${others.join(", ") || "none"}. Latches closed: ${latches.join(", ") || "none"}.`;
  }

  clickGate(gate) { if (this.hand) this.hand.toggle(gate); else this.mark(this.marked === gate ? null : gate); }

  mark(gate) {
    this.marked = gate;
    this.marking.value = gate === null ? "" : String(gate);
    this.tellOpen();
    this.refresh();
  }

  tellOpen() {
    if (this.marked === null || !this.trial.gates) { put(this.openAt, ""); return; }
    const open = this.trial.open(this.marked), { name } = this.told.gates[this.marked];
    const ticks = open.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    put(this.openAt, ticks ? `${name} is open at ${plural(ticks, "tick")}: ${ticksTold(open)}.` : `${name} is open at no tick.`);
  }

  goOpen(way) {
    if (this.marked === null || !this.trial.gates) return;
    const starts = this.trial.open(this.marked).map(([first]) => first);
    const next = way > 0 ? starts.find((tick) => tick > this.tick) : starts.findLast((tick) => tick < this.tick);
    if (next !== undefined) this.go(next);
  }

  goChange(way) {
    const { changes } = this.trial;
    const next = way > 0 ? changes.find((tick) => tick > this.tick) : changes.findLast((tick) => tick < this.tick);
    this.go(next ?? (way > 0 ? this.trial.ticks - 1 : 0));
  }

  goWrong() {
    const place = this.all.findIndex((trial) => trial.wrong.length);
    if (place >= 0) this.choose(place, this.all[place].ticks - 1);
  }

  playOrStop() {
    if (this.playing) { clearInterval(this.playing); this.playing = null; }
    else {
      if (this.tick >= this.trial.ticks - 1) this.go(0);
      this.playing = setInterval(() => {
        // A widget that was taken off its page plays no longer.
        if (this.tick >= this.trial.ticks - 1 || !this.root.isConnected) this.playOrStop(); else this.go(this.tick + 1);
      }, 1000 / Number(this.speed.value));
    }
    put(this.play, this.playing ? "stop" : "play");
  }

  key(event) {
    event.stopPropagation();
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(SELECT|TEXTAREA)$/.test(target.tagName)) return;
    if (target.tagName === "INPUT" && target.type !== "checkbox") return;
    const keys = {
      ArrowLeft: () => this.go(this.tick - 1), ArrowRight: () => this.go(this.tick + 1), n: () => this.goChange(1), p: () => this.goChange(-1),
      Home: () => this.go(0), End: () => this.go(this.trial.ticks - 1), w: () => this.goWrong(), " ": () => this.playOrStop(),
    };
    // Space presses buttons, and checks boxes.
    if (!(event.key in keys) || (event.key === " " && /^(BUTTON|INPUT)$/.test(target.tagName))) return;
    event.preventDefault();
    keys[event.key]();
  }

  end() {
    clearInterval(this.playing);
    document.removeEventListener("keydown", this.elsewhere);
    this.raster.watch.disconnect();
  }
}

/** Show what is told, in letters as Python packs it, in an element; with `send` commands go to Python. */
export async function show(root, letters, send = null) {
  const view = new View(root, send);
  view.load(await unpacked(letters));
  root.dataset.ready = "yes";
  return view;
}

/** As a widget of anywidget: `told` is what is shown, `command` what Python is asked for. */
function render({ model, el }) {
  const send = model.get("live") ? (command) => {
    model.set("command", { ...command, number: (model.get("command").number ?? 0) + 1 });
    model.save_changes();
  } : null;
  const shown = show(el, model.get("told"), send);
  const update = async () => {
    const view = await shown, told = await unpacked(model.get("told"));
    view.load(told);
  };
  model.on("change:told", update);
  return () => { model.off("change:told", update); shown.then((view) => view.end()); };
}

export default { render };
