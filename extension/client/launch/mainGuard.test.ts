import { expect, test } from 'vitest';
import { mainGuardLine } from './mainGuard';

test.each<[string, number | null]>([
  ['if __name__ == "__main__":\n    main()', 0],
  ["import a\n\nif __name__ == '__main__': main()", 2],
  ['import a\r\nif __name__=="__main__" :\r\n    main()', 1],
  ['x = 1\nif "__main__" == __name__:\n    main()', 1],
  ['def f():\n    if __name__ == "__main__":\n        pass', null],
  ['# if __name__ == "__main__":', null],
  ['if __name__ == "__main__\':', null],
  ['if __name__ == "app":', null],
  ['', null],
])('%j has its main guard on line %j', (text, line) => {
  expect(mainGuardLine(text)).toBe(line);
});
