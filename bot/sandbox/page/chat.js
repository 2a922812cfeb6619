// The chat page of the sandbox. It knows only /api/. Words of others reach the
// page as text nodes, never as markup.

const words = {
  en: {
    people: 'People', newPerson: 'New person', editPerson: 'Name and language', name: 'Name', language: 'Language of their Telegram',
    clock: 'The clock', clockNow: 'It is now', clockHint: 'The bot takes its time from this clock. It only goes forward.',
    hour: '+ 1 hour', day: '+ 1 day', days7: '+ 7 days', days14: '+ 14 days', setTo: 'Or go to', go: 'Go', close: 'Close', cancel: 'Cancel', save: 'Save',
    two: 'Two people side by side', state: 'State', stateHint: 'What the bot knows about this chat', refresh: 'Refresh', noState: 'The bot shows no state here.',
    refusals: 'Refused requests', none: 'None.', bot: 'bot', as: 'You are', typing: 'typing…', upload: 'sending a file…', record: 'recording…',
    start: 'Start', write: 'Message', send: 'Send', attach: 'Attach', commands: 'Commands', menu: 'More', photo: 'Photo or video', file: 'File, as it is',
    forward: 'Forward as the merchant', forwardHint: 'A message from somebody else, passed on to the bot.', kind: 'Who wrote it', user: 'A person', hidden_user: 'A person who hides their account',
    thing: 'Something else', contact: 'Contact', location: 'Location', venue: 'Place', poll: 'Poll', sticker: 'Sticker', dice: 'Dice', story: 'Story', payment: 'Payment', hologram: 'A kind nobody knows yet',
    chat: 'A group', channel: 'A channel', merchant: 'LampLand Support', when: 'When it was written (empty: now)', text: 'Text', orFile: 'or a file',
    sendAs: 'Send as', asPhoto: 'Photo', asDocument: 'File', asVideo: 'Video', asAudio: 'Audio', asVoice: 'Voice message', asVideoNote: 'Round video', caption: 'Caption', sendFiles: 'Send files',
    album: 'They go as one album.', block: 'Block the bot', unblock: 'Unblock the bot', blocked: 'You have blocked this bot.', copy: 'Copy text', copied: 'Copied', edit: 'Edit', editing: 'Editing your message',
    edited: 'edited', forwarded: 'Forwarded from', hidden: 'account hidden', latest: 'Newest messages', download: 'Download', more: 'Show more', less: 'Show less', spoiler: 'Hidden text, press to show',
    today: 'Today', failed: 'That did not work', closePane: 'Close this side', picture: 'Photo', group: 'group', left: 'The bot has left this group.', protectedText: 'protected', ok: 'OK', empty: 'No messages yet.',
  },
  zh: {
    people: '人物', newPerson: '新增人物', editPerson: '姓名与语言', name: '姓名', language: 'Telegram 界面语言',
    clock: '时钟', clockNow: '现在是', clockHint: '机器人以这个时钟为准，只能往前走。',
    hour: '＋1 小时', day: '＋1 天', days7: '＋7 天', days14: '＋14 天', setTo: '或跳到', go: '跳转', close: '关闭', cancel: '取消', save: '保存',
    two: '两人并排', state: '状态', stateHint: '机器人掌握的本聊天信息', refresh: '刷新', noState: '机器人在此不显示状态。',
    refusals: '被拒绝的请求', none: '无。', bot: '机器人', as: '您是', typing: '正在输入…', upload: '正在发送文件…', record: '正在录制…',
    start: '开始', write: '消息', send: '发送', attach: '附件', commands: '命令', menu: '更多', photo: '照片或视频', file: '文件（原样）',
    forward: '以商家身份转发', forwardHint: '把别人写的消息转发给机器人。', kind: '谁写的', user: '个人', hidden_user: '隐藏账号的个人',
    thing: '其他', contact: '联系人', location: '位置', venue: '地点', poll: '投票', sticker: '贴纸', dice: '骰子', story: '动态', payment: '付款', hologram: '谁也不认识的类型',
    chat: '群组', channel: '频道', merchant: '灯具城客服', when: '写于（留空为现在）', text: '文字', orFile: '或文件',
    sendAs: '发送方式', asPhoto: '照片', asDocument: '文件', asVideo: '视频', asAudio: '音频', asVoice: '语音消息', asVideoNote: '圆形视频', caption: '说明', sendFiles: '发送文件',
    album: '将作为一个相册发送。', block: '屏蔽机器人', unblock: '解除屏蔽', blocked: '您已屏蔽此机器人。', copy: '复制文字', copied: '已复制', edit: '编辑', editing: '正在编辑您的消息',
    edited: '已编辑', forwarded: '转发自', hidden: '账号已隐藏', latest: '最新消息', download: '下载', more: '展开', less: '收起', spoiler: '隐藏文字，点按显示',
    today: '今天', failed: '操作未成功', closePane: '关闭此侧', picture: '照片', group: '群组', left: '机器人已退出此群组。', protectedText: '受保护', ok: '好', empty: '还没有消息。',
  },
};
const locale = (navigator.languages?.[0] || navigator.language || 'en');
const zh = locale.toLowerCase().startsWith('zh');
const t = (key) => (zh ? words.zh : words.en)[key] ?? words.en[key] ?? key;
document.documentElement.lang = zh ? 'zh-Hans' : 'en';
const languages = [['en', 'English'], ['zh-hans', '简体中文'], ['zh-hant', '繁體中文'], ['es', 'Español'], ['pt-br', 'Português (Brasil)'], ['fr', 'Français'], ['de', 'Deutsch'], ['ru', 'Русский'], ['ja', '日本語'], ['ar', 'العربية'], ['hi', 'हिन्दी']];

// Building the page

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'class') node.className = value;
    else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== 'string') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return node;
}

const shapes = {
  clip: 'M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.6 1.6 0 0 1-2.3-2.3l7.5-7.5',
  send: 'M4 12l16-8-5 16-3.5-6.5zM11.5 13.5L20 4', slash: 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM14 8l-4 8',
  copy: 'M9 9h10v11H9zM5 15V4h10', pencil: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3', more: 'M12 5.5v.01M12 12v.01M12 18.5v.01', x: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6', clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2', two: 'M4 5h16v14H4zM12 5v14', plus: 'M12 5v14M5 12h14',
  code: 'M9 7l-5 5 5 5M15 7l5 5-5 5', forward: 'M13 5l7 7-7 7v-4c-5 0-8 1.5-10 5 .5-6 4-10 10-11z', picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9v.01',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4', block: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12', person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c1-4 4-5.5 7-5.5s6 1.500 7 5.500',
  out: 'M9 5h10v10M19 5L6 18', refresh: 'M19 8a8 8 0 1 0 1 5M20 4v5h-5',
};

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shapes[name]);
  if (name === 'more') path.setAttribute('stroke-width', '2.8');
  svg.append(path);
  return svg;
}

const round = (name, label, onclick, extra) => el('button', { type: 'button', class: 'round ' + (extra || ''), 'aria-label': label, title: label, onclick }, icon(name));

async function api(path, body) {
  const options = body === undefined ? {} : body instanceof FormData ? { method: 'POST', body } :
    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch('/api/' + path, options);
  const result = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(result?.error || answer.statusText);
  return result;
}

function sheet(title, build) {
  const dialog = el('dialog', { 'aria-label': title, onclose: () => dialog.remove(), onclick: (e) => { if (e.target === dialog) dialog.close(); } });
  const problem = el('p', { class: 'error', role: 'alert', hidden: true });
  const fail = (err) => { problem.textContent = t('failed') + ': ' + err.message; problem.hidden = false; };
  const { body, submit, label } = build(dialog, fail);
  const form = el('form', { method: 'dialog', onsubmit: async (e) => {
    e.preventDefault();
    if (!submit) return dialog.close();
    try { if (await submit(form) !== false) dialog.close(); } catch (err) { fail(err); }
  } }, el('h2', {}, title), body, problem, el('div', { class: 'ends' },
    submit && el('button', { type: 'button', class: 'plain', onclick: () => dialog.close() }, t('cancel')),
    el('button', { class: 'solid' }, label || t('close'))));
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const field = (label, input) => el('label', { class: 'field' }, label, input);

// The clock

const clock = { base: Date.now(), at: performance.now(), frozen: false };
const now = () => new Date(clock.frozen ? clock.base : clock.base + performance.now() - clock.at);
const timeOf = (d) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(d);
const shortDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const fullDate = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
const longDate = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const dayKey = (d) => d.getFullYear() * 10000 + d.getMonth() * 100 + d.getDate();
const forInput = (d) => new Date(d.getTime() - d.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

const clockText = el('span', {});
function showClock() {
  clockText.textContent = (innerWidth < 600 ? shortDate : fullDate).format(now());
}
async function readClock() {
  const c = await api('clock');
  Object.assign(clock, { base: new Date(c.now).getTime(), at: performance.now(), frozen: c.frozen });
  showClock();
}
function clockSheet() {
  sheet(t('clock'), (dialog, fail) => {
    const reading = el('p', { class: 'say', 'aria-live': 'polite' });
    const to = el('input', { type: 'datetime-local' });
    const show = () => { reading.textContent = t('clockNow') + ' ' + fullDate.format(now()); to.value = forInput(now()); };
    const move = async (body) => { try { await api('clock', body); await readClock(); show(); } catch (err) { fail(err); } };
    show();
    const step = (key, advance) => el('button', { type: 'button', class: 'plain', onclick: () => move({ advance }) }, t(key));
    return { body: [reading, el('p', {}, t('clockHint')),
      el('div', { class: 'steps' }, step('hour', '1h'), step('day', '1d'), step('days7', '7d'), step('days14', '14d')),
      field(t('setTo'), to), el('button', { type: 'button', class: 'plain', onclick: () => to.value && move({ set: new Date(to.value).toISOString().replace('.000', '') }) }, t('go'))] };
  });
}

// People

let chats = [];
const panes = [];
const unread = new Set();
const peopleBar = document.getElementById('people');
const panesBox = document.getElementById('panes');
let active = null;

const titleOf = (c) => c.kind === 'private' ? c.person.name : c.title + ' (' + t('group') + ')';

async function readPeople() {
  chats = await api('people');
  if (!chats.length) {
    await api('people', zh ? { name: '小林', language: 'zh-hans' } : { name: 'Alex', language: 'en' });
    chats = await api('people');
  }
  showPeople();
  for (const p of panes) p.about();
}

function showPeople() {
  peopleBar.replaceChildren(...chats.map((c) => el('button', { type: 'button', class: 'chip', 'aria-current': String(panes.some((p) => p.chat === c.id)), onclick: () => choose(c.id) },
    titleOf(c), unread.has(c.id) && el('span', { class: 'dot', title: t('latest') }))),
    el('button', { type: 'button', class: 'chip add', 'aria-label': t('newPerson'), title: t('newPerson'), onclick: () => personSheet() }, icon('plus')));
}

function personSheet(person) {
  sheet(person ? t('editPerson') : t('newPerson'), () => {
    const name = el('input', { required: true, maxlength: '64', autocomplete: 'off' });
    name.value = person?.name || '';
    const language = el('select', {}, languages.map(([code, label]) => el('option', { value: code, lang: code }, label)));
    language.value = person?.language || (zh ? 'zh-hans' : 'en');
    return { body: [field(t('name'), name), field(t('language'), language)], label: t('save'), submit: async () => {
      const made = await api('people', { id: person?.id || 0, name: name.value.trim(), language: language.value });
      await readPeople();
      if (!person) choose(made.id);
    } };
  });
}

function choose(id) {
  unread.delete(id);
  if (panes.some((p) => p.chat === id)) {
    active = panes.find((p) => p.chat === id);
  } else {
    const pane = active && panes.includes(active) ? active : panes[0];
    pane ? pane.open(id) : addPane(id);
  }
  remember();
}

function addPane(id) {
  const pane = new Pane();
  panes.push(pane);
  panesBox.insertBefore(pane.root, drawer.isConnected ? drawer : null);
  pane.open(id);
  active = pane;
  remember();
}

function removePane(pane) {
  panes.splice(panes.indexOf(pane), 1);
  pane.root.remove();
  active = panes[0];
  remember();
}

function toggleTwo() {
  if (panes.length > 1) return removePane(panes[1]);
  const other = chats.find((c) => c.id !== panes[0].chat);
  if (other) return addPane(other.id);
  api('people', { name: zh ? '小陈' : 'Sam', language: zh ? 'zh-hans' : 'en' }).then(async (p) => { await readPeople(); addPane(p.id); });
}

function remember() {
  panesBox.classList.toggle('two', panes.length > 1);
  twoButton.setAttribute('aria-pressed', String(panes.length > 1));
  for (const p of panes) p.showHead();
  history.replaceState(null, '', '?chat=' + panes.map((p) => p.chat).join(','));
  showPeople();
  if (drawer.isConnected) readState();
}

// Text with entities. Offsets count UTF-16 units, as JavaScript's strings do.

const webAddress = /\b(?:https?:\/\/|www\.)[^\s<>"”’]+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|net|org|cn|uk|de|fr|eu|shop|store|io|me|ru|jp|hk|tw)\b(?:\/[^\s<>"”’]*)?/gi;

function plainText(text, linked) {
  if (!linked) return [text];
  const out = [];
  let at = 0;
  for (const m of text.matchAll(webAddress)) {
    if (m.index > 0 && text[m.index - 1] === '@') continue;
    const address = m[0].replace(/[.,;:!?)\]]+$/, '');
    out.push(text.slice(at, m.index), el('a', { href: /^https?:/i.test(address) ? address : 'http://' + address, target: '_blank', rel: 'noopener noreferrer' }, address));
    at = m.index + address.length;
  }
  out.push(text.slice(at));
  return out.filter((x) => x !== '');
}

function rich(pane, text, entities, from = 0, to = text.length, linked = true) {
  const out = [];
  const list = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  let at = from;
  while (list.length) {
    const e = list.shift();
    const begin = Math.max(e.offset, at);
    const end = Math.min(e.offset + e.length, to);
    if (end <= begin) continue;
    if (begin > at) out.push(...plainText(text.slice(at, begin), linked));
    const within = [];
    for (let i = 0; i < list.length;) {
      const o = list[i];
      if (o.offset >= end) break;
      within.push(o);
      list.splice(i, 1);
      if (o.offset + o.length > end) { // reaches beyond: the rest follows
        list.push({ ...o, offset: end, length: o.offset + o.length - end });
        list.sort((a, b) => a.offset - b.offset || b.length - a.length);
      }
    }
    out.push(entity(pane, e, text, begin, end, within, linked));
    at = end;
    if ((e.type === 'pre' || e.type.endsWith('blockquote')) && text[at] === '\n') at++; // a block ends its line itself
  }
  if (at < to) out.push(...plainText(text.slice(at, to), linked));
  return out;
}

function entity(pane, e, text, begin, end, within, linked) {
  const inner = (link = linked) => rich(pane, text, within, begin, end, link);
  const words = text.slice(begin, end);
  switch (e.type) {
    case 'bold': return el('strong', {}, inner());
    case 'italic': return el('em', {}, inner());
    case 'underline': return el('u', {}, inner());
    case 'strikethrough': return el('s', {}, inner());
    case 'code': return el('code', {}, inner(false));
    case 'pre': return el('span', { class: 'pre' + (e.language ? ' lang' : '') }, e.language && el('span', { class: 'lang' }, e.language), inner(false));
    case 'blockquote': return el('span', { class: 'bq' }, inner());
    case 'expandable_blockquote': {
      const open = el('button', { type: 'button', 'aria-expanded': 'false', onclick: () => {
        const shown = box.dataset.open !== 'true';
        box.dataset.open = String(shown);
        open.setAttribute('aria-expanded', String(shown));
        open.textContent = t(shown ? 'less' : 'more');
      } }, t('more'));
      const box = el('span', { class: 'bq fold' }, el('span', { class: 'fold-in' }, inner()), open);
      return box;
    }
    case 'spoiler': {
      const show = () => { box.classList.add('shown'); box.removeAttribute('aria-label'); };
      const box = el('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': t('spoiler'), onclick: show, onkeydown: (k) => { if (k.key === 'Enter' || k.key === ' ') { k.preventDefault(); show(); } } }, inner());
      return box;
    }
    case 'text_link':
      if (!/^https?:\/\//i.test(e.url)) return el('span', { title: e.url }, inner());
      return el('a', { href: e.url, title: e.url, target: '_blank', rel: 'noopener noreferrer' }, inner(false));
    case 'bot_command': return el('button', { type: 'button', class: 'cmd', onclick: () => pane.say(words) }, words);
    default: return el('span', {}, inner());
  }
}

async function copyText(pane, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el('textarea', { class: 'sr' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  pane.toast(t('copied'));
}

const size = (n) => n < 1024 ? n + ' B' : n < 1048576 ? (n / 1024).toFixed(n < 10240 ? 1 : 0) + ' KB' : (n / 1048576).toFixed(1) + ' MB';
const fileURL = (f, download) => '/api/file?id=' + encodeURIComponent(f.id) + (download ? '&download=1' : '');

// One person's chat

class Pane {
  constructor() {
    this.nodes = new Map();
    this.waiting = new Map();
    this.face = el('div', { class: 'face', 'aria-hidden': 'true' });
    this.title = el('h2', {});
    this.sub = el('p', {});
    this.menuBox = el('div', { class: 'menu', role: 'menu', hidden: true });
    this.menuButton = round('more', t('menu'), () => this.toggle(this.menuBox, this.menuButton, this.menuItems()));
    this.closeButton = round('x', t('closePane'), () => removePane(this));
    this.list = el('ol', { class: 'list', role: 'log', 'aria-live': 'polite' });
    this.scroll = el('div', { class: 'scroll', tabindex: '-1', onscroll: () => this.nearEnd() }, this.list);
    this.jump = round('down', t('latest'), () => this.toEnd(true), 'jump');
    this.jump.hidden = true;
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.scroll);
    this.toasts = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
    this.dots = el('li', { class: 'typing', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
    this.input = el('textarea', { rows: '1', placeholder: t('write'), 'aria-label': t('write'), enterkeyhint: 'send', oninput: () => this.grow(), onkeydown: (e) => this.key(e), onpaste: (e) => this.paste(e) });
    this.attachBox = el('div', { class: 'menu', role: 'menu', hidden: true });
    this.attachButton = round('clip', t('attach'), () => this.toggle(this.attachBox, this.attachButton, this.attachItems()));
    this.cmdBox = el('div', { class: 'menu', role: 'menu', hidden: true });
    this.cmdButton = round('slash', t('commands'), () => this.toggle(this.cmdBox, this.cmdButton, this.commandItems()));
    this.editBar = el('div', { class: 'editing', hidden: true }, icon('pencil'), el('span', {}, t('editing')), round('x', t('cancel'), () => this.endEdit()));
    this.writeBar = el('form', { class: 'write', onsubmit: (e) => { e.preventDefault(); this.submit(); } }, this.attachButton, this.cmdButton, this.input, el('button', { class: 'round send', 'aria-label': t('send'), title: t('send') }, icon('send')));
    this.stopped = el('div', { class: 'stopped', hidden: true });
    this.root = el('section', { class: 'pane', onpointerdown: () => { active = this; }, onfocusin: () => { active = this; },
      ondragover: (e) => e.preventDefault(), ondrop: (e) => { e.preventDefault(); if (e.dataTransfer.files.length) this.filesSheet([...e.dataTransfer.files]); } },
    el('header', { class: 'head' }, this.face, el('div', { class: 'who' }, this.title, this.sub), this.closeButton, this.menuButton, this.menuBox),
    el('div', { class: 'mid' }, this.scroll, this.jump, this.toasts),
    el('footer', { class: 'foot' }, this.attachBox, this.cmdBox, this.editBar, this.writeBar, this.stopped));
  }

  async open(chat) {
    this.chat = chat;
    this.messages = new Map();
    this.revision = 0;
    this.nodes.clear();
    this.waiting.clear();
    this.list.replaceChildren();
    this.endEdit();
    this.typingUntil = 0;
    this.bot = { name: '', commands: [] };
    await this.about();
    await this.read();
    this.toEnd();
  }

  get info() { return chats.find((c) => c.id === this.chat); }

  async about() {
    const chat = this.chat;
    const bot = await api('about?chat=' + chat);
    if (chat !== this.chat) return;
    this.bot = bot;
    this.showHead();
    this.show();
  }

  showHead() {
    const c = this.info;
    if (!c || !this.bot) return;
    this.face.textContent = [...(this.bot.name || 'B')][0];
    this.title.textContent = this.bot.name;
    this.root.setAttribute('aria-label', titleOf(c));
    this.closeButton.hidden = panes.length < 2;
    const busy = this.typingUntil > Date.now();
    this.sub.className = busy ? 'busy' : '';
    this.sub.textContent = busy ? t(/^upload/.test(this.action) ? 'upload' : /^record/.test(this.action) ? 'record' : 'typing') : t('as') + ' ' + titleOf(c) + (c.kind === 'private' ? ' (' + c.person.language + ')' : '');
    this.cmdButton.hidden = !this.bot.commands.length;
    const stopped = c.blocked || c.left;
    this.writeBar.hidden = stopped;
    this.stopped.hidden = !stopped;
    if (stopped) {
      this.stopped.replaceChildren(el('span', {}, t(c.left ? 'left' : 'blocked')), ...(c.left ? [] : [el('button', { type: 'button', class: 'solid', onclick: () => this.do('unblock', {}) }, t('unblock'))]));
    }
  }

  async read() {
    if (this.reading) { this.again = true; return; }
    this.reading = true;
    const chat = this.chat;
    try {
      const changed = await api('transcript?chat=' + chat + '&revision=' + this.revision);
      if (chat !== this.chat) return;
      let news = false;
      for (const m of changed) {
        if (m.from === 'bot' && !this.messages.has(m.id)) news = true;
        this.messages.set(m.id, m);
        this.revision = Math.max(this.revision, m.revision);
        for (const a of m.answers || []) this.answered(a.query);
      }
      if (news) this.typingUntil = 0;
      if (changed.length) this.show();
      if (news) this.showHead();
    } finally {
      this.reading = false;
      if (this.again || chat !== this.chat) { this.again = false; this.read(); }
    }
  }

  // show brings the list in line with the messages; nodes that did not change stay.
  show() {
    const atEnd = this.atEnd();
    const wanted = [];
    const list = [...this.messages.values()].filter((m) => !m.deleted).sort((a, b) => a.id - b.id);
    let day = 0;
    let before = null;
    for (let i = 0; i < list.length; i++) {
      const group = [list[i]];
      while (list[i].album && list[i + 1]?.album === list[i].album) group.push(list[++i]);
      const m = group[0];
      const at = new Date(m.time);
      if (dayKey(at) !== day) {
        day = dayKey(at);
        const label = (day === dayKey(now()) ? t('today') + ', ' : '') + longDate.format(at);
        wanted.push(['d' + day, label, () => el('li', { class: 'day' }, label)]);
        before = null;
      }
      const joined = before && before.from === m.from && at - new Date(before.time) < 300000;
      before = m;
      wanted.push(['m' + m.id, group.map((g) => g.revision).join() + joined, () => this.unit(group, joined)]);
    }
    if (!list.length) {
      const c = this.info;
      wanted.push(['empty', JSON.stringify([this.bot.name, this.bot.description, c?.kind]), () => el('li', { class: 'empty' }, el('div', { class: 'face', 'aria-hidden': 'true' }, [...(this.bot.name || 'B')][0]), el('h3', {}, this.bot.name),
        el('p', { dir: 'auto' }, this.bot.description || t('empty')), el('button', { type: 'button', class: 'solid', onclick: () => this.say('/start') }, t('start')))]);
    }
    if (this.typingUntil > Date.now()) wanted.push(['typing', 'typing', () => this.dots]);
    const keep = new Set(wanted.map((w) => w[0]));
    for (const [key, have] of this.nodes) {
      if (!keep.has(key)) { have.node.remove(); this.nodes.delete(key); }
    }
    let at = null;
    for (const [key, mark, build] of wanted) {
      let have = this.nodes.get(key);
      if (!have || have.mark !== mark) {
        const node = build();
        if (have) have.node.replaceWith(node);
        have = { mark, node };
        this.nodes.set(key, have);
      }
      const next = at ? at.nextSibling : this.list.firstChild;
      if (next !== have.node) this.list.insertBefore(have.node, next);
      at = have.node;
    }
    if (atEnd) this.toEnd();
    this.nearEnd();
  }

  unit(group, joined) {
    const m = group[0];
    const mine = m.from === 'person';
    const last = group[group.length - 1];
    const captioned = group.find((g) => g.text) || m;
    const bubble = el('div', { class: 'bubble' });
    if (m.sender && this.info?.kind !== 'private') bubble.append(el('div', { class: 'from' }, el('b', {}, m.sender)));
    if (m.forward) {
      bubble.append(el('div', { class: 'from', title: m.forward.date ? fullDate.format(new Date(m.forward.date)) : '' }, t('forwarded') + ' ', el('b', { dir: 'auto' }, m.forward.name), m.forward.kind === 'hidden_user' ? ' (' + t('hidden') + ')' : ''));
    }
    if (m.replyTo) {
      const to = this.messages.get(m.replyTo);
      bubble.append(el('button', { type: 'button', class: 'quote', onclick: () => this.nodes.get('m' + m.replyTo)?.node.scrollIntoView({ block: 'center', behavior: 'smooth' }) }, to ? to.text || to.file?.name || t('picture') : '…'));
    }
    const visual = group.filter((g) => g.file && (g.file.kind === 'photo' || g.file.kind === 'video' || g.file.kind === 'video_note'));
    if (visual.length) bubble.append(el('div', { class: 'photos' + (visual.length > 1 ? ' many' : '') }, visual.map((g) => this.visual(g))));
    for (const g of group.filter((g) => g.file && !visual.includes(g))) bubble.append(this.document(g.file));
    const edited = group.some((g) => g.edited);
    const stamp = [m.protected && t('protectedText'), edited && t('edited'), timeOf(new Date(last.time))].filter(Boolean).join(' · ');
    if (m.thing) bubble.append(el('div', { class: 'text' }, t('thing') + ': ' + t(m.thing)));
    if (captioned.text) {
      const text = el('div', { class: 'text', dir: 'auto' }, rich(this, captioned.text, captioned.entities));
      text.style.setProperty('--meta', Math.round(stamp.length * 6.6 + 14) + 'px');
      bubble.append(text);
    }
    bubble.append(el('time', { class: 'meta', datetime: last.time, title: fullDate.format(new Date(last.time)) + '  #' + last.id }, stamp));
    const reactions = group.flatMap((g) => g.reactions || []);
    if (reactions.length) bubble.append(el('div', { class: 'reactions' }, reactions.map((r) => el('span', {}, r))));
    const acts = el('div', { class: 'acts' },
      captioned.text && round('copy', t('copy'), () => copyText(this, captioned.text)),
      mine && !m.forward && (captioned.text || m.file) && round('pencil', t('edit'), () => this.beginEdit(captioned)));
    const unit = el('li', { class: ['unit', mine && 'mine', joined && 'joined', m.buttons && 'keyed'].filter(Boolean).join(' '), 'data-message': String(m.id),
      oncontextmenu: (e) => { if (matchMedia('(hover: none)').matches && !getSelection().toString()) { e.preventDefault(); this.openActs(unit); } },
      onclick: (e) => { if (matchMedia('(hover: none)').matches && !e.target.closest('a, button, .spoiler')) this.openActs(unit); } },
    el('div', { class: 'line' }, bubble, acts), m.buttons && this.keys(m));
    return unit;
  }

  openActs(unit) {
    const was = unit.classList.contains('open');
    for (const u of this.list.querySelectorAll('.open')) u.classList.remove('open');
    unit.classList.toggle('open', !was);
  }

  visual(m) {
    const f = m.file;
    if (f.kind !== 'photo') return el('video', { src: fileURL(f), controls: true, preload: 'metadata' });
    const image = el('img', { src: fileURL(f), alt: m.text || t('picture'), loading: 'lazy', onload: () => this.pinned && this.toEnd() });
    if (f.width) { image.width = f.width; image.height = f.height; }
    return el('button', { type: 'button', 'aria-label': t('picture'), onclick: () => {
      const box = el('dialog', { class: 'photo', 'aria-label': t('picture'), onclose: () => box.remove(), onclick: () => box.close() }, el('img', { src: fileURL(f), alt: m.text || t('picture') }), round('x', t('close'), () => box.close()));
      document.body.append(box);
      box.showModal();
    } }, image);
  }

  document(f) {
    if (f.kind === 'voice' || f.kind === 'audio') return el('audio', { src: fileURL(f), controls: true, preload: 'metadata' });
    const ext = (f.name?.match(/\.([a-z0-9]{1,5})$/i)?.[1] || f.type.split('/').pop().slice(0, 4));
    return el('a', { class: 'doc', href: fileURL(f, true), download: f.name || '', title: t('download') }, el('span', { class: 'ext', 'aria-hidden': 'true' }, ext), el('span', {}, el('span', { class: 'name' }, f.name || t('file')), el('span', { class: 'size' }, size(f.size))));
  }

  keys(m) {
    return el('div', { class: 'keys' }, m.buttons.map((row) => el('div', { class: 'row' }, row.map((b) => {
      const look = 'key' + (b.style ? ' ' + b.style : '');
      if (b.url) return el('a', { class: look, href: /^https?:/i.test(b.url) ? b.url : undefined, target: '_blank', rel: 'noopener noreferrer', title: b.url }, b.label, icon('out'));
      if (b.copy) return el('button', { type: 'button', class: look, onclick: () => copyText(this, b.copy) }, b.label, icon('copy'));
      const key = el('button', { type: 'button', class: look, onclick: () => this.tap(m.id, b, key) }, b.label);
      return key;
    }))));
  }

  async tap(message, button, key) {
    key.classList.add('waiting');
    setTimeout(() => key.classList.remove('waiting'), 15000);
    try {
      const { query } = await api('tap', { chat: this.chat, message, button: button.data || button.label });
      if (!query || this.early?.has(query)) key.classList.remove('waiting');
      else this.waiting.set(query, key);
    } catch (err) {
      key.classList.remove('waiting');
      this.toast(t('failed') + ': ' + err.message);
    }
  }

  answered(query) {
    (this.early ??= new Set()).add(query); // the answer may overtake the reply to our tap
    this.waiting.get(query)?.classList.remove('waiting');
    this.waiting.delete(query);
  }

  toast(text, alert) {
    if (alert) {
      sheet(this.bot.name, () => ({ body: el('p', { class: 'say', dir: 'auto' }, text), label: t('ok') }));
      return;
    }
    const node = el('div', { class: 'toast', dir: 'auto' }, text);
    this.toasts.append(node);
    setTimeout(() => node.remove(), 3500);
  }

  typing(action) {
    this.action = action;
    this.typingUntil = action === 'cancel' ? 0 : Date.now() + 5000;
    this.showHead();
    this.show();
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => { this.showHead(); this.show(); }, 5100);
  }

  atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 90; }
  nearEnd() { this.pinned = this.atEnd(); this.jump.hidden = this.pinned; }
  toEnd(smooth) { this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? 'smooth' : 'instant' }); }

  // Writing

  async do(path, body) {
    try {
      return await api(path, { chat: this.chat, ...body });
    } catch (err) {
      this.toast(t('failed') + ': ' + err.message);
    }
  }

  async say(text) {
    this.toEnd();
    return this.do('say', { text });
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const editing = this.editingID;
    this.input.value = '';
    this.endEdit();
    this.grow();
    const done = editing ? await this.do('edit', { message: editing, text }) : await this.say(text);
    if (!done && !this.input.value) { this.input.value = text; this.grow(); }
    this.input.focus();
  }

  key(e) {
    if (e.isComposing) return;
    if (e.key === 'Enter' && !e.shiftKey && !matchMedia('(pointer: coarse)').matches) { e.preventDefault(); this.submit(); }
    if (e.key === 'Escape' && this.editingID) this.endEdit();
    if (e.key === 'ArrowUp' && !this.input.value) {
      const own = [...this.messages.values()].filter((m) => m.from === 'person' && !m.deleted && !m.forward && m.text).pop();
      if (own) { e.preventDefault(); this.beginEdit(own); }
    }
    if (e.key === '/' && !this.input.value && this.bot.commands.length) this.toggle(this.cmdBox, this.cmdButton, this.commandItems(), true);
    else if (!this.cmdBox.hidden && e.key !== 'Tab') this.hideMenus();
  }

  paste(e) {
    const files = [...(e.clipboardData?.files || [])];
    if (files.length) { e.preventDefault(); this.filesSheet(files); }
  }

  grow() {
    this.input.style.height = 'auto';
    this.input.style.height = this.input.scrollHeight + 2 + 'px';
  }

  beginEdit(m) {
    this.editingID = m.id;
    this.editBar.hidden = false;
    this.input.value = m.text;
    this.grow();
    this.input.focus();
  }

  endEdit() {
    if (this.editingID) { this.input.value = ''; this.grow(); }
    this.editingID = 0;
    this.editBar.hidden = true;
  }

  // Menus

  toggle(box, button, items, keepFocus) {
    const open = box.hidden;
    this.hideMenus();
    if (!open) return;
    box.replaceChildren(...items);
    box.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    this.opened = { box, button };
    if (!keepFocus) box.querySelector('button')?.focus();
    box.onkeydown = (e) => {
      const all = [...box.querySelectorAll('button')];
      const i = all.indexOf(document.activeElement);
      if (e.key === 'ArrowDown') all[(i + 1) % all.length].focus();
      else if (e.key === 'ArrowUp') all[(i + all.length - 1) % all.length].focus();
      else if (e.key === 'Escape') { this.hideMenus(); button.focus(); }
      else return;
      e.preventDefault();
    };
  }

  hideMenus() {
    if (!this.opened) return;
    this.opened.box.hidden = true;
    this.opened.button.removeAttribute('aria-expanded');
    this.opened = null;
  }

  item(name, label, onclick, extra) {
    return el('button', { type: 'button', role: 'menuitem', class: extra, onclick: () => { this.hideMenus(); onclick(); } }, name && icon(name), label);
  }

  menuItems() {
    const c = this.info;
    return [c.kind === 'private' && this.item('person', t('editPerson'), () => personSheet(c.person)), this.item('code', t('state'), () => { active = this; openDrawer(); }),
      c.kind === 'private' && (c.blocked ? this.item('block', t('unblock'), () => this.do('unblock', {})) : this.item('block', t('block'), () => this.do('block', {}), 'danger'))].filter(Boolean);
  }

  attachItems() {
    return [this.item('picture', t('photo'), () => this.pick('image/*,video/*')), this.item('file', t('file'), () => this.pick('')), this.item('forward', t('forward'), () => this.forwardSheet()), this.item('person', t('thing'), () => this.thingSheet())];
  }

  commandItems() {
    return this.bot.commands.map((c) => el('button', { type: 'button', role: 'menuitem', onclick: () => { this.hideMenus(); this.input.value = ''; this.grow(); this.say('/' + c.command); } }, el('span', {}, el('b', {}, '/' + c.command), ' ', el('small', {}, c.description))));
  }

  pick(accept) {
    const input = el('input', { type: 'file', multiple: true, accept: accept || undefined, onchange: () => input.files.length && this.filesSheet([...input.files], accept ? '' : 'document') });
    input.click();
  }

  filesSheet(files, as) {
    sheet(t('sendFiles'), () => {
      const kind = el('select', {}, [['photo', 'asPhoto'], ['document', 'asDocument'], ['video', 'asVideo'], ['audio', 'asAudio'], ['voice', 'asVoice'], ['video_note', 'asVideoNote']].map(([v, k]) => el('option', { value: v }, t(k))));
      kind.value = as || (files.every((f) => f.type.startsWith('image/')) ? 'photo' : files.every((f) => f.type.startsWith('video/')) ? 'video' : 'document');
      const caption = el('textarea', { rows: '2', maxlength: '1024' });
      return { label: t('send'), body: [el('ul', { class: 'files' }, files.map((f) => el('li', {}, f.name, el('span', {}, size(f.size))))), files.length > 1 && el('p', {}, t('album')), field(t('sendAs'), kind), field(t('caption'), caption)].filter(Boolean), submit: async () => {
        await this.sendFiles(files, { as: kind.value, caption: caption.value.trim() });
      } };
    });
  }

  async sendFiles(files, fields) {
    const form = new FormData();
    form.append('chat', String(this.chat));
    for (const [k, v] of Object.entries(fields)) if (v) form.append(k, v);
    for (const f of files) form.append('file', f, f.name);
    await api('send', form);
    this.toEnd();
  }

  thingSheet() {
    sheet(t('thing'), () => {
      const kind = el('select', {}, ['contact', 'location', 'venue', 'poll', 'sticker', 'dice', 'story', 'payment', 'hologram'].map((k) => el('option', { value: k }, t(k))));
      return { label: t('send'), body: [field(t('thing'), kind)], submit: async () => {
        await api('share', { chat: this.chat, kind: kind.value });
        this.toEnd();
      } };
    });
  }

  forwardSheet() {
    sheet(t('forward'), () => {
      const kind = el('select', {}, ['user', 'hidden_user', 'chat', 'channel'].map((k) => el('option', { value: k }, t(k))));
      const name = el('input', { required: true, maxlength: '64', autocomplete: 'off' });
      name.value = this.lastMerchant || t('merchant');
      const when = el('input', { type: 'datetime-local' });
      const text = el('textarea', { rows: '4' });
      const file = el('input', { type: 'file', multiple: true });
      return { label: t('send'), body: [el('p', {}, t('forwardHint')), field(t('kind'), kind), field(t('name'), name), field(t('text'), text), field(t('orFile'), file), field(t('when'), when)], submit: async () => {
        const date = when.value ? new Date(when.value).toISOString().replace('.000', '') : '';
        const files = [...file.files];
        if (!files.length && !text.value.trim()) { text.focus(); return false; }
        this.lastMerchant = name.value;
        if (files.length) {
          await this.sendFiles(files, { as: files.every((f) => f.type.startsWith('image/')) ? 'photo' : 'document', caption: text.value.trim(), forward_kind: kind.value, forward_name: name.value, forward_date: date });
        } else {
          await api('forward', { chat: this.chat, origin: { kind: kind.value, name: name.value, date }, text: text.value });
          this.toEnd();
        }
      } };
    });
  }
}

// The drawer for developers

const stateText = el('pre', { tabindex: '0' });
const refused = el('div', {});
const drawer = el('aside', { class: 'drawer', 'aria-label': t('state') },
  el('header', {}, el('h2', {}, t('state')), round('refresh', t('refresh'), () => readState()), round('x', t('close'), () => closeDrawer())),
  el('div', { class: 'body' }, el('h3', {}, t('stateHint')), stateText, el('h3', {}, t('refusals')), refused));

async function readState() {
  const chat = (active || panes[0])?.chat;
  try {
    stateText.textContent = JSON.stringify(await api('state?chat=' + chat), null, 2);
  } catch (err) {
    stateText.textContent = active?.bot?.state === false ? t('noState') : err.message;
  }
  const list = await api('refusals');
  refused.replaceChildren(...(list.length ? list.slice(-20).reverse().map((r) => el('div', { class: 'bad' }, el('b', {}, r.method + ' ' + r.code), ' ' + r.description)) : [el('p', {}, t('none'))]));
}
function openDrawer() { panesBox.append(drawer); stateButton.setAttribute('aria-pressed', 'true'); readState(); }
function closeDrawer() { drawer.remove(); stateButton.setAttribute('aria-pressed', 'false'); stateButton.focus(); }

const twoButton = el('button', { type: 'button', class: 'tool two-only', 'aria-label': t('two'), title: t('two'), 'aria-pressed': 'false', onclick: toggleTwo }, icon('two'));
const stateButton = el('button', { type: 'button', class: 'tool', 'aria-label': t('state'), title: t('state'), 'aria-pressed': 'false', onclick: () => drawer.isConnected ? closeDrawer() : openDrawer() }, icon('code'));
const clockButton = el('button', { type: 'button', class: 'tool clock', title: t('clock'), onclick: clockSheet }, icon('clock'), clockText);
document.getElementById('tools').append(clockButton, twoButton, stateButton);
peopleBar.setAttribute('aria-label', t('people'));

addEventListener('pointerdown', (e) => {
  for (const p of panes) if (p.opened && !p.opened.box.contains(e.target) && !p.opened.button.contains(e.target)) p.hideMenus();
});
addEventListener('keydown', (e) => { if (e.key === 'Escape' && drawer.isConnected && !document.querySelector('dialog')) closeDrawer(); });
addEventListener('resize', () => { showClock(); if (innerWidth < 900 && panes.length > 1) removePane(panes[1]); for (const p of panes) if (p.pinned) p.toEnd(); });

// Beginning, and keeping up

let stateTimer;
function heard(e) {
  const pane = panes.find((p) => p.chat === e.chat);
  switch (e.kind) {
    case 'message':
      if (pane) pane.read();
      else if (!unread.has(e.chat)) { unread.add(e.chat); showPeople(); }
      if (drawer.isConnected) { clearTimeout(stateTimer); stateTimer = setTimeout(readState, 250); }
      break;
    case 'toast': pane?.toast(e.text, e.alert); break;
    case 'typing': pane?.typing(e.text); break;
    case 'clock': readClock().then(() => panes.forEach((p) => p.show())); break;
    case 'people': readPeople(); break;
    case 'bot': panes.forEach((p) => p.about()); break;
    case 'reset': readClock(); readPeople(); panes.forEach((p) => p.read()); break;
  }
}

await readPeople();
await readClock();
setInterval(showClock, 1000);
const asked = (new URLSearchParams(location.search).get('chat') || '').split(',').map(Number).filter((id) => chats.some((c) => c.id === id));
addPane(asked[0] || chats[0].id);
if (asked[1] && innerWidth >= 900) addPane(asked[1]);
const events = new EventSource('/api/events');
events.onmessage = (e) => heard(JSON.parse(e.data));
let connected = false;
events.onopen = () => { if (connected) heard({ kind: 'reset' }); connected = true; };
