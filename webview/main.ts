/** The flame graph's page. The extension host makes an empty one with a policy; the rest is made here. */
import './shell/translations';
import './shell/base.css';
import { page } from './shell/page';
import { Panel } from './shell/panel';
import { vscodeTransport } from './shell/vscodeTransport';

document.body.innerHTML = page;
new Panel(vscodeTransport());
