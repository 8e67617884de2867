/** How many columns of a monospaced editor a text takes: tabs go to the next stop, wide characters take two. */
export function visualWidth(text: string, tabSize: number): number {
  let width = 0;
  for (const char of text) {
    if (char === '\t') width += tabSize - (width % tabSize);
    else if (!ZERO_WIDTH.test(char)) width += WIDE.test(char) ? 2 : 1;
  }
  return width;
}

const ZERO_WIDTH = /\p{Mark}|[\u200b-\u200d]/u;

/** As monospaced fonts draw them: CJK scripts, their punctuation and full-width forms, and pictures. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
