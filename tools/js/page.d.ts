/* What the page's scripts hold in common, for `npm run types`. Nothing of this is shipped.

   Each script in browser/assets adds its part to window.FrameAtlas, which it calls FA; those of a static
   site add theirs to window.FrameSite. A part that is new, or has a new member, is named here. */

type Call = (...values: any[]) => any;
type Child = Node | string | number | boolean | null | undefined | readonly Child[];

/* What every page has; parts add fields of their own by FA.address.field. */
interface PageState {
  x: number;
  y: number;
  z: number | null;
  f: number | null;
  p: string;
  v: number[];
  from: number | null;
  to: number | null;
  k: number[];
  groups: number;
  folder: number | null;
  player: number[];
  team: number[];
  way: number[];
  c: string;
  o: string[];
  sel: Shape[];
  edit: string;
  where: string[];
  rev: string;
  [field: string]: any;
}

interface Shape {
  kind: string;
  points: number[][];
  subtract: boolean;
}

type Filter = Pick<
  PageState,
  "v" | "from" | "to" | "k" | "groups" | "folder" | "player" | "team" | "edit" | "rev"
> & {
  where: string; // conditions, a line each
};

interface Columns<T> {
  values: T;
  buffer: ArrayBuffer;
  headers: Headers;
}

interface Panel {
  name: string;
  title: string;
  icon: string;
  rank: number;
  fill(box: HTMLElement, changed?: string[]): any;
  on?: string[];
  wide?: boolean;
  there?(): boolean;
  warm?(): void;
}

interface Overlay {
  name: string;
  depth: number;
  paint?: Call;
  title?: string;
  hint?: string;
  rank?: number;
  first?: boolean;
}

interface Field {
  empty(): any;
  read(text: string): any;
  write?(value: any): string;
  silent?(value: any): boolean;
  there?(): boolean;
}

interface PageParts {
  /* base/parts.js: a new panel, overlay or part is one new file that registers itself */
  part(phase: string, begin: () => void): void;
  panel(panel: Panel): void;
  overlay(overlay: Overlay): void;
  parts: {
    panels(): Panel[];
    panel(name: string): Panel | undefined;
    overlays(): Overlay[];
    switches(): Overlay[];
    begin(): void;
  };

  /* start.js: the answer of /api/atlas */
  atlas: any;

  /* dom.js */
  h<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes?: Record<string, any> | null,
    ...children: Child[]
  ): HTMLElementTagNameMap[K];
  icon(name: string): SVGSVGElement;
  named(name: string): HTMLElement;
  button(icon: string, text: string, onclick: Call, attributes?: Record<string, any>): HTMLButtonElement;
  iconButton(icon: string, label: string, onclick: Call, attributes?: Record<string, any>): HTMLButtonElement;
  fill<T extends Element>(element: T, ...children: Child[]): T;
  byId(id: string): any;
  clock(seconds: number, short?: boolean): string;
  seconds(text: string): number | null;
  count(n: number, one: string, many?: string): string;
  number(n: number): string;
  once<F extends Call>(fn: F, wait: number): (...values: Parameters<F>) => void;
  calm(): boolean;
  narrow(): boolean;
  say(text: string): void;
  toast(text: string, bad?: boolean, actions?: HTMLElement[]): void;
  copy(text: string, what: string): Promise<void>;
  save(blob: Blob, name: string): void;

  /* base/waiting.js */
  skeleton(text: string, shape?: string): HTMLElement;
  waiting<T>(promise: Promise<T>, place: HTMLElement, text: string, shape?: string): Promise<T>;
  busy(text: string): () => void;
  during<T>(text: string, promise: Promise<T>): Promise<T>;

  /* panels/gallery.js */
  openFrame(frame: number): void;
  gallery(frames: any[], label: string): HTMLElement;
  oneEach(frames: any[]): HTMLElement | null;
  dates: { open(): boolean; leave(): boolean; toggle(): void };
  dateGrid: Call;
  duplicates: { open(): boolean; leave(): boolean; toggle(): void };
  duplicateCard: Call;
  fileSize(bytes: number): string;
  duplicateName(one: any): string;
  heading(text: string, ...more: Child[]): HTMLElement;
  note(text: string, bad?: boolean): HTMLElement;
  alike(found: any[]): any[];
  drawer: { open(name: string): void; close(): void; section(name: string): any; room(): boolean };
  moved(frame: any): HTMLElement;
  searchList: Call;

  openVideo: Call;
  canvasLayer: Call;
  cellsLayer: Call;
  disc: Call;

  api: {
    answer(url: string, options?: RequestInit): Promise<Response>;
    json(url: string, options?: RequestInit): Promise<any>;
    newest(kind: string, url: string): Promise<any>;
    columns(url: string, Type: any, options?: RequestInit): Promise<Columns<any>>;
    post(url: string, body: unknown): Promise<Response>;
    sendFile(url: string, file: Blob): Promise<any>;
    job(id: string, progress?: (job: any) => void): Promise<any>;
    query(filter: Filter): string;
    kept<T>(key: string, ask: () => Promise<T>): Promise<T>;
    picture(frame: number, height?: number): string;
    path(source: number): Promise<Float32Array>;
    complain(error: any): void;
  };
  state: {
    value: PageState;
    set(patch: Partial<PageState>, push?: boolean): void;
    parse(hash: string): Partial<PageState>;
    address(values: any): string;
    add(name: string, value: any): void;
    reread(): void;
    retell(): void;
    FILTERS: string[];
    on(names: string[], fn: (state: PageState, changed: string[]) => void): void;
    filter(): Filter;
    unfiltered(): Partial<PageState>;
    filtered(): boolean;
    begin(): void;
  };
  address: {
    field(name: string, how: Field): void;
    read: any;
    parse(hash: string): any;
    written(values: any): string;
    reach(): number;
    shapes: Field;
  };
  connection: { lost(): boolean; doubt: Call; failed(): void };

  charts: { ask: Call };
  clusters: {
    all(): Promise<any[]>;
    first(): Promise<any[]>;
    query(): string;
    rename(region: any, name: string): Promise<boolean>;
    field(region: any, place: Element, done: (name: string | null) => void, text?: string): () => string;
    control(): HTMLElement;
    heard(revision: string | null | undefined): void;
  };
  regionRows: Call;
  colour: {
    COLUMN: string;
    column(by: string): string | null;
    facts(by: string): any;
    scaled(by: string): boolean;
    there(by: string): Promise<boolean>;
    value(by: string): string;
    query(by: string): string;
    REST: string;
    RAMPED: string;
    assign: Call;
    learn: Call;
    of: Call;
    ready(by: string): Promise<any[]>;
    ramp: Call;
    someone: Call;
  };
  empty: { beside: Call; nearest: Call };
  filters: { update: Call };
  firstSteps: { again(): void };
  frame: { previous: Call; next: Call; comeAlong(): void; play: Call };
  grids: { load: Call };
  help: { open(): void };
  shots: { section(main: any): HTMLElement; alike(main: any): HTMLElement; heard(revision: string | null): void; known(): boolean };
  known: {
    menu: Call;
    title(name: string): string;
    coloured(): any[];
    ends(column: any): string;
    list: Call;
    learn: Call;
    heard(revision: string | null): unknown;
    load: Call;
    facts(): any;
    active(): string;
  };
  legend: { title(by: string): string };
  bins: { into(selection: () => any, id: string): HTMLElement; list(): HTMLElement };
  cuts: { of(body: () => any, id: string, each: boolean, title?: string): HTMLElement }; // panels/cuts.js
  hits: {
    source(name: string, how: { read: Call; find: Call }): void;
    show: Call;
    clear(): void;
    chip(): HTMLElement | null;
    nothing(): Partial<PageState>;
    list(): any[];
    shown(): any;
    on(call: Call): void;
    again(): void;
  };
  hover: { hide(): void; openMiddle: Call };
  map: {
    toLatLng: Call;
    toPlace: Call;
    fly: Call;
    whole: Call;
    show: Call;
    seen: Call;
    sees: Call;
    bounds: Call;
    wholeZoom: Call;
    tileUrl: Call;
    resized(): void;
    keepInSight(places: () => number[][]): void;
    refresh?: Call;
    leaflet?: any;
    level?: Call;
    inside?: boolean;
    dragging?: boolean;
  };
  marks: { setMoment(place: any): void; setOpen(place: any): void };
  overlays: { dim(): void; repaint(): void; on(name: string): boolean; toggle: Call };
  view: { on(call: Call): void; facts(): any };
  ways: { COLOURS: string[]; at: Call; paint: Call };
  when: { sourceOf: Call; text: Call; momentOf: Call };

  /* panels/words.js */
  words: { asked(): Record<string, string>; heard: Call; there: Call; on: Call; heat: Call; hits: Call };
  player: { video: Call; canPlay: Call; onMap: Call; stop: Call; BEFORE: number };
  players: {
    NOBODY: any;
    IGNORED: any;
    group(one: any): boolean;
    there(): boolean;
    revision(): string;
    coloured(): boolean;
    called(one: any): string;
    load(): Promise<any>;
    ready: Call;
    edit: Call;
    undo: Call;
    categories: Call;
    byId(id: number): any;
    all(): any[];
    data(): any;
    on(call: Call): void;
    some(ids: number[]): string;
    menu: Call;
    teamMenu: Call;
    heard: Call;
    strip(frames: number[], columns: number, height: number, alt?: string): HTMLImageElement;
  };
  playersPanel: { fill: Call; draw: Call; title: Call; facts: Call; percent: Call };
  playersQuestions: { view: Call };
  playersSheets: { view: Call; chosen: Call };
  playersRoles: { list: Call; leave: Call; keys: Record<string, () => void> };
  playersStatistics: { view: Call; text: Call };
  points: { crowded(): boolean; wanted(): boolean };
  popover: {
    open(button: HTMLElement, make: Call): void;
    shut(): boolean;
    choices: Call;
    radio: Call;
    button(): HTMLElement | null;
    moveTo(button: HTMLElement): void;
  };
  poster: { whereIs: Call; fitting: Call };
  search: { byText(text: string): any; byImage: Call };
  select: { use: Call; view: Call; active(): boolean; mode(name?: string): string };
  addFolder: { able(): boolean; open(kind: string): void };
  theme: { dark(): boolean; next(): void; apply(): void };
}

/* What a selector or an id finds is of the kind that the page's own markup says. */
interface ParentNode {
  querySelector(selectors: string): any;
  append(...nodes: any[]): void;
  replaceChildren(...nodes: any[]): void;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Document {
  getElementById(id: string): any;
}

interface Window {
  FrameAtlas: any; // each script says of its FA that it is PageParts
  FrameSite: any;
  AtlasMap: any;
  AtlasLabels: any;
  AtlasPalette: any;
  AtlasGrid: any;
  AtlasWheel: any;
  L: any;
  dash_clientside: any;
  DashRenderer: any;
}
