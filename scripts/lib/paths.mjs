/** Where things are: in the checkout, and in the cache outside it that all checkouts share. */
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const cache = path.resolve(process.env.ALLOCLENS_CACHE || path.join(homedir(), '.cache/alloclens'));
export const editorFolder = path.join(cache, 'editor');

export const inRoot = (...parts) => path.join(root, ...parts);
export const inCache = (...parts) => path.join(cache, ...parts);

/** The Python that runs programs for `npm start` and `npm run alloclens`. */
export const python = process.env.ALLOCLENS_PYTHON || 'python3';
export const launcher = inRoot('native/python/alloclens/__main__.py');
