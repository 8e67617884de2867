/** What the colours of the graph mean. */
import type { Origin } from '../../extension/shared/capture';
import { growthColour, growthNames, originColour, originNames } from '../flamegraph/colours';
import { byId, element } from './dom';

export function drawLegend(compares: boolean): void {
  const colours = compares
    ? [
        [growthColour(1), growthNames.growth],
        [growthColour(-1), growthNames.shrinkage],
      ]
    : Object.entries(originNames).map(([origin, name]) => [originColour(origin as Origin), name]);
  byId('legend').replaceChildren(
    ...colours.map(([colour = '', name = '']) => {
      const dot = element('span', { class: 'dot' });
      dot.style.background = colour;
      return element('li', {}, dot, name);
    }),
  );
}
