/** The tests of a Python file, by its looks: nothing is run, and parametrised cases are known only after a run. */
import { matchesName, type PytestRules } from './pytestRules';

export interface DefinedTest {
  name: string;
  /** 0-based; of the first decorator where there is one. */
  firstLine: number;
  /** Of `def` or `class`. */
  line: number;
  lastLine: number;
  isClass: boolean;
  children: DefinedTest[];
}

interface Block {
  indent: number;
  /** Null: what is inside is no test, whatever its name. */
  tests: DefinedTest[] | null;
  definition: DefinedTest | null;
  isUnittest: boolean;
  drop: boolean;
}

const DEFINITION = /^(\s*)(?:(class)|(?:async\s+)?def)\s+([\p{L}\p{N}_]+)/u;

export function testsOf(text: string, rules: PytestRules): DefinedTest[] {
  const found: DefinedTest[] = [];
  const blocks: Block[] = [];
  const lines = codeOnly(text).split('\n');
  let depth = 0; // of brackets: lines inside of them begin nothing and end nothing
  let decorated: number | null = null;
  let lastCode = 0;
  const leave = (indent: number) => {
    for (let block = blocks.at(-1); block && block.indent >= indent; block = blocks.at(-1)) {
      blocks.pop();
      if (block.definition) block.definition.lastLine = lastCode;
      if (block.drop) block.definition?.children.splice(0);
    }
  };
  lines.forEach((code, line) => {
    if (code.trim() === '') return;
    if (depth === 0) {
      leave(code.search(/\S/));
      const definition = DEFINITION.exec(code);
      if (definition) begin(definition, line);
      if (/^\s*@/.test(code)) decorated ??= line;
      else decorated = null;
    }
    depth = Math.max(0, depth + balance(code));
    lastCode = line;
  });
  leave(0);
  return found.filter(isTest);

  function begin([, indent = '', isClass, name = '']: RegExpExecArray, line: number): void {
    const around = blocks.at(-1);
    const siblings = around ? around.tests : found;
    const bases = isClass ? basesOf(lines, line) : '';
    const isUnittest = /TestCase\s*(,|$)/.test(bases);
    const wanted = isClass
      ? isUnittest || matchesName(name, rules.classes)
      : around?.isUnittest
        ? name.startsWith('test')
        : matchesName(name, rules.functions);
    // pytest takes no class that is made with arguments.
    if (name === '__init__' && around && !around.isUnittest) around.drop = true;
    const block: Block = { indent: indent.length, tests: null, definition: null, isUnittest, drop: false };
    if (siblings && wanted) {
      const firstLine = decorated ?? line;
      block.definition = { name, firstLine, line, lastLine: line, isClass: Boolean(isClass), children: [] };
      if (isClass) block.tests = block.definition.children;
      siblings.push(block.definition);
    }
    blocks.push(block);
  }
}

/** A class has tests inside. What it inherits is seen when it has run. */
function isTest(test: DefinedTest): boolean {
  test.children = test.children.filter(isTest);
  return !test.isClass || test.children.length > 0;
}

/** What a class is made of: the text in the brackets after its name. */
function basesOf(lines: readonly string[], line: number): string {
  const [, bases = ''] = /^\s*class\s+[^\s(]+\s*\(([^)]*)\)/.exec(lines.slice(line, line + 20).join('\n')) ?? [];
  return bases.trim();
}

function balance(code: string): number {
  return (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
}

const QUOTED_OR_COMMENT =
  /#[^\n]*|("""|''')(?:\\[\s\S]|(?!\1)[\s\S])*?(?:\1|$)|(["'])(?:\\[\s\S]|(?!\2)[^\\\n])*(?:\2|(?=\n)|$)/g;

/** The text without what stands in quotes and comments: the same lines and columns. */
function codeOnly(text: string): string {
  return text.replace(/\r/g, ' ').replace(QUOTED_OR_COMMENT, (token) => token.replace(/[^\n]/g, ' '));
}
