// What the server sends (docs/serve.md), and the one library that is not a module.
declare const L: any;

interface Group { id: string; name: string }
interface School { id: string; name: string; x: number; y: number; seats: number | null; colour: number }
interface Lines { n: number[]; xy: number[] }
interface Around { water: Lines; rivers: Lines; roads: Lines; places: { x: number; y: number; name: string }[] }
interface Zone { students: number | null; poverty: number | null; groups: (number | null)[] }
interface MapPlan { travel: (number | null)[]; zones: Zone[] }
interface MapData {
  frame: { width: number; height: number; metres: number };
  arcs: Lines;
  rings: number[][][];
  blocks: { id: string[]; students: (number | null)[]; counted: (number | null)[]; poverty: (number | null)[] | null; groups: (number | null)[][] };
  plans: MapPlan[];
  context?: Around;
}
interface District {
  name: string; language: string; languages?: string[]; hash: string; blocks: number; groups: Group[]; schools: School[]; atlas: MapData | null;
  unit: string; columns: string[]; words: Record<string, string>; students: number[]; today: number[]; addresses: boolean; read_only: boolean; draws: number;
}
interface Shown { today: string; now: string; mark: string; change: string; change_mark: string }
interface Row { id: string; section: "poverty" | "race" | "card"; words: string; today: number | null; now: number | null; change: number | null; better: boolean | null; shown: Shown }
interface Load {
  j: number; students: number; seats: number | null; low: number | null; high: number | null; used: number | null; over: boolean; under: boolean; poverty: number | null; groups: (number | null)[];
  shown: { students: string; today: string; seats: string; used: string; poverty: string };
}
interface Breach { limit: string; kind: string; name: string; school: number | null; block: number | null; words: string; inherited: boolean }
interface Figures {
  sentence: string; valid: boolean; rows: Row[]; schools: Load[]; breaches: Breach[];
  moved: { students: number; blocks: number; shown: string };
  travel: Record<string, Row>;
}
interface Delta { seq: number; blocks: number[]; schools: number[]; locked: { on: number[]; off: number[] }; undo: number; redo: number; figures: Figures; wishes?: Wish[] }
interface State { id: number; name: string; seq: number; schools: number[]; locked: number[]; undo: number; redo: number; figures: Figures; mark: number; wishes: Wish[] }
interface PlanRow { id: number; name: string; made: string; seq: number; valid: boolean | null; moved_students: number | null; shown?: string }
interface EditData { blocks?: number[]; schools?: number[]; on?: boolean; note?: string }
interface Edit { kind: "assign" | "lock" | "undo" | "redo" | "wish"; data: EditData; open: boolean }
interface Stale { seq: number; edits: Edit[]; overlap: number[]; free: number[] }
/** What a scheme of colours is: a class for each block, and what each class looks like and means. */
interface Scheme { key: string; text: string; classOf: (block: number) => number; colours: string[]; legend: [string, string][]; byZone: boolean }
interface Wish {
  id: string; text: string; who: string; area: [number, number][] | null; blocks: number[]; date: string; rule: Record<string, any> | null; state: string;
  price: { words?: string } | null; removed?: boolean;
}
interface Answer {
  words: string[] | string; blocks?: any[]; schools?: number[]; bound?: number | null; best?: { blocks: number[]; schools: number[] } | null; moves?: any; points?: any[]; draws?: any[];
  worth?: { words: string }[]; price?: { words: string } | null;
}
interface Job {
  job: number; what: string; plan: number; seq: number; state: "working" | "done" | "failed" | "stopped"; seconds: number; value: number | null; bound: number | null;
  best: { blocks: number[]; schools: number[] } | null; answer: Answer | null; error: { what: string } | null; shown?: { value: string; bound: string };
}
interface Proposal { id: number; text: string; who: string; at: string }
