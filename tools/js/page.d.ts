/* What the page's scripts hold in common, for `npm run types`. Nothing of this is shipped.

   Each script in browser/assets adds its part to window.FrameAtlas, which it calls FA; those of a static
   site add theirs to window.FrameSite. A part that is new, or has a new member, is named here. */

type Call = (...values: any[]) => any;
type Child = Node | string | number | boolean | null | undefined | readonly Child[];

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
  folder: number | null;
  player: number[];
  team: number[];
  who: number[];
  ask: number | null;
  q: string;
  way: number[];
  c: string;
  o: string[];
  sel: Shape[];
  edit: string;
}

interface Shape {
  kind: string;
  points: number[][];
  subtract: boolean;
}

type Filter = Pick<PageState, "v" | "from" | "to" | "k" | "folder" | "player" | "team" | "edit">;

interface Columns<T> {
  values: T;
  buffer: ArrayBuffer;
  headers: Headers;
}

interface PageParts {
  /* start.js: the answer of /api/atlas */
  atlas: any;

  /* dom.js */
  h<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes?: Record<string, any> | null,
    ...children: Child[]
  ): HTMLElementTagNameMap[K];
  icon(name: string): SVGSVGElement;
  button(icon: string, text: string, onclick: Call, attributes?: Record<string, any>): HTMLButtonElement;
  iconButton(icon: string, label: string, onclick: Call, attributes?: Record<string, any>): HTMLButtonElement;
  fill<T extends Element>(element: T, ...children: Child[]): T;
  byId(id: string): any;
  clock(seconds: number, short?: boolean): string;
  seconds(text: string): number | null;
  count(n: number, one: string, many?: string): string;
  once<F extends Call>(fn: F, wait: number): (...values: Parameters<F>) => void;
  calm(): boolean;
  narrow(): boolean;
  say(text: string): void;
  toast(text: string, bad?: boolean): void;
  copy(text: string, what: string): Promise<void>;
  save(blob: Blob, name: string): void;

  /* drawer.js */
  openFrame(frame: number): void;
  gallery(frames: any[], label: string): HTMLElement;
  heading(text: string, ...more: Child[]): HTMLElement;
  drawer: {
    open(name: string): void;
    close(): void;
    section(name: string): any;
    fill(name: string, fn: Call): void;
    begin(): void;
  };

  openVideo: Call;
  canvasLayer: Call;

  api: {
    answer(url: string, options?: RequestInit): Promise<Response>;
    json(url: string, options?: RequestInit): Promise<any>;
    newest(kind: string, url: string): Promise<any>;
    columns(url: string, Type: any): Promise<Columns<any>>;
    post(url: string, body: unknown): Promise<Response>;
    sendFile(url: string, file: Blob): Promise<any>;
    job(id: string, progress?: (job: any) => void): Promise<any>;
    query(filter: Filter): string;
    kept<T>(key: string, ask: () => Promise<T>): Promise<T>;
    picture(frame: number, height?: number): string;
    path(source: number): Promise<Float32Array>;
    clusters(): Promise<any>;
  };
  state: {
    value: PageState;
    set(patch: Partial<PageState>, push?: boolean): void;
    parse(hash: string): Partial<PageState>;
    address(values: any): string;
    reread(): void;
    PANELS: string[];
    OVERLAYS: string[];
    FILTERS: string[];
    reach(): number;
    on(names: string[], fn: (state: PageState, changed: string[]) => void): void;
    filter(): Filter;
    begin(): void;
  };

  bar: { begin(): void };
  charts: { ask: Call; begin(): void };
  clusters: { name: Call; begin(): void };
  colour: {
    VALUES: Call | any;
    of: Call;
    hue: Call;
    someone: Call;
    ramp: Call;
    sourceOf: Call;
    momentOf: Call;
    when: Call;
    begin(): void;
  };
  edges: { begin(): void };
  filters: { update: Call; begin(): void };
  frame: { previous: Call; next: Call; comeAlong(): void; play: Call; begin(): void };
  grids: { load: Call; begin(): void };
  hover: { hide(): void; openMiddle: Call; begin(): void };
  map: {
    begin(): void;
    toLatLng: Call;
    toPlace: Call;
    fly: Call;
    whole: Call;
    seen: Call;
    bounds: Call;
    wholeZoom: Call;
    tileUrl: Call;
    leaflet?: any;
    level?: Call;
    inside?: boolean;
    dragging?: boolean;
  };
  marks: {
    WAY_COLOURS: string[];
    at: Call;
    paintWay: Call;
    setHits(list: any[]): void;
    hits(): any[];
    setMoment(place: any): void;
    setOpen(place: any): void;
    begin(): void;
  };
  news: { begin(): void };
  overlays: {
    begin(): void;
    dim(): void;
    repaint(): void;
    marks: Record<string, Call>;
    on(name: string): boolean;
    toggle: Call;
  };
  player: { video: Call; canPlay: Call; onMap: Call; stop: Call; BEFORE: number };
  players: {
    NOBODY: any;
    there(): boolean;
    revision(): string;
    coloured(): boolean;
    called(one: any): string;
    load(): Promise<any>;
    ready: Call;
    edit: Call;
    undo: Call;
    legend: Call;
    byId(id: number): any;
    all(): any[];
    data(): any;
    on(call: Call): void;
    some(ids: number[]): string;
    menu: Call;
    teamMenu: Call;
    heard: Call;
    strip(frames: number[], columns: number, height: number, alt?: string): HTMLImageElement;
    begin(): void;
  };
  playersPanel: { fill: Call; draw: Call; title: Call; facts: Call; percent: Call };
  playersQuestions: { view: Call };
  playersSheets: { view: Call };
  points: { crowded(): boolean; wanted(): boolean; begin(): void };
  popover: {
    open(button: HTMLElement, make: Call): void;
    shut(): boolean;
    choices: Call;
    radio: Call;
    button(): HTMLElement | null;
    moveTo(button: HTMLElement): void;
    begin(): void;
  };
  poster: { whereIs: Call; begin(): void };
  search: { byText(text: string): any; byImage: Call; begin(): void };
  select: { use: Call; view: Call; active(): boolean; begin(): void };
  selection: { begin(): void };
  shortcuts: { help: Call; begin(): void };
  theme: { dark(): boolean; next(): void; apply(): void };
  video: { begin(): void };
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
  AtlasWheel: any;
  L: any;
  dash_clientside: any;
}
