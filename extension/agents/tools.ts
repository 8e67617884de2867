/** What language models may ask for. package.json has the same for VS Code; tools.test.ts compares the two. */

/** Of JSON Schema, what the tools need. */
export type FieldSchema = { description: string } & (
  | { type: 'string'; enum?: string[]; default?: string }
  | { type: 'integer'; minimum: number; maximum: number; default?: number }
  | { type: 'array'; items: { type: 'string' }; maxItems: number }
);

export interface ToolSchema {
  type: 'object';
  properties: Record<string, FieldSchema>;
  required: string[];
  additionalProperties: false;
}

export interface AgentTool {
  name: string;
  title: string;
  /** For the model. */
  description: string;
  inputSchema: ToolSchema;
  /** It only reads captures: nothing of the user's is run or written. */
  readOnly: boolean;
}

/** Seconds that a profiled script may take. */
export const defaultTimeout = 120;
const longestTimeout = 3600;

const capture: FieldSchema = {
  type: 'string',
  description:
    'Absolute path of a capture (a file ending in .alloclens). In VS Code the capture that is shown when left out.',
};
const measure: FieldSchema = {
  type: 'string',
  enum: ['peak', 'unfreed', 'total', 'temporary'],
  default: 'peak',
  description:
    'peak: live when the heap was largest. unfreed: still live at the end (a suspected leak). total: everything ever allocated. temporary: freed before the same thread allocated again.',
};
const rows = (most: number, usual: number, what: string): FieldSchema => ({
  type: 'integer',
  minimum: 1,
  maximum: most,
  default: usual,
  description: `How many ${what} are told, largest first.`,
});
const schema = (properties: ToolSchema['properties'], ...required: string[]): ToolSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

export const profileScript: AgentTool = {
  name: 'profile_script',
  title: 'Profile Memory of a Python Script',
  description:
    'Runs a Python script as plain Python would and records every memory allocation of it, exact to the byte. Answers with peak heap, unfreed and total bytes, the path of the capture for the other tools, and the lines with the most bytes at the peak. The script really runs, with all that it does; the user is asked first. Its environment needs nothing installed. What the script prints is not part of the answer but for the end of its error output when it fails.',
  inputSchema: schema(
    {
      script: { type: 'string', description: 'Path of the script: absolute, or relative to cwd.' },
      args: {
        type: 'array',
        items: { type: 'string' },
        maxItems: 200,
        description: "The script's command line arguments.",
      },
      cwd: { type: 'string', description: 'Absolute path of the folder to run in. The workspace when left out.' },
      python: {
        type: 'string',
        description: "Interpreter, CPython 3.8 to 3.15. The workspace's own or python3 when left out.",
      },
      timeout_s: {
        type: 'integer',
        minimum: 1,
        maximum: longestTimeout,
        default: defaultTimeout,
        description: 'Seconds after which the script is stopped; what was recorded up to then is answered.',
      },
    },
    'script',
  ),
  readOnly: false,
};

export const topLines: AgentTool = {
  name: 'top_lines',
  title: 'Lines with the Most Memory',
  description:
    "Of a recorded run, the source lines that hold the most bytes by a measure. Bytes count for the innermost line of the user's own code (by=yours), so what libraries allocate on its behalf counts there.",
  inputSchema: schema({
    capture,
    measure,
    by: {
      type: 'string',
      enum: ['yours', 'own', 'with_callees'],
      default: 'yours',
      description:
        "Which line gets the bytes. yours: the innermost line of the user's code. own: the line that itself allocated, in libraries too. with_callees: every line on the stack, once each.",
    },
    file: { type: 'string', description: 'Only lines of files whose path contains this.' },
    limit: rows(100, 20, 'lines'),
  }),
  readOnly: true,
};

export const stacksOfLine: AgentTool = {
  name: 'stacks_of_line',
  title: 'Call Stacks of a Line',
  description:
    'Of a recorded run, how the memory of one source line came about: all its measures, the calls that lead to it (innermost first), and the functions below it that asked for the bytes.',
  inputSchema: schema(
    {
      capture,
      file: { type: 'string', description: 'Absolute path of the source file, as top_lines names it.' },
      line: { type: 'integer', minimum: 1, maximum: 10_000_000, description: 'Number of the line, from 1.' },
      measure,
      limit: rows(50, 10, 'call paths'),
    },
    'file',
    'line',
  ),
  readOnly: true,
};

export const compareCaptures: AgentTool = {
  name: 'compare_captures',
  title: 'Compare Two Runs',
  description:
    'What changed in memory between two recorded runs, for example before and after an edit: the totals of both, and the lines that grew or shrank the most. Lines are matched through edits by the sources in the captures; a line whose text changed stands as one that shrank and one that grew.',
  inputSchema: schema(
    {
      before: { type: 'string', description: 'Absolute path of the earlier capture.' },
      after: { ...capture, description: `${capture.description} The later one.` },
      measure,
      limit: rows(100, 20, 'lines'),
    },
    'before',
  ),
  readOnly: true,
};

export const agentTools = [profileScript, topLines, stacksOfLine, compareCaptures];
