// Two people walk the whole road on the chat page, in a real browser: Alex in
// English on a phone, 小林 in Chinese on a desktop. They press what the page
// offers, type into its field, attach a file and move its clock, as anybody
// would. Started by browser_test.go with one JSON object on standard input:
//
//	url      where the page is
//	chromium the browser's file
//	words    language → key → the bot's words, whole and bare of what may be left
//	         out, \0 for what is filled in: so labels are never written here
//	shots    folder for screenshots
//	picture  file for the README's picture, "" = none
//	harm     "" or a fault planted on purpose, to see that it is noticed
//
// It ends with 0, or says what was wrong and ends with 1.

import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as all } from 'node:stream/consumers';

const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT_CORE || 'playwright-core');
const spec = JSON.parse(await all(process.stdin));
mkdirSync(spec.shots, { recursive: true });

const roads = [
  {
    name: 'phone', language: 'en', locale: 'en-GB', zone: 'Europe/London', viewport: { width: 390, height: 844 }, phone: true,
    country: 'United Kingdom',
    controls: { attach: 'Attach', photo: 'Photo or video', days14: '+ 14 days', hour: '+ 1 hour', go: 'Go', close: 'Close' },
    story: (day) => `I ordered a desk lamp from LampLand on ${day(30, 'en-GB')} for £40, order 48213, paid by credit card. It never arrived.`,
    answers: (day) => ({ 'order.ask.ask': '48213', 'product.ask.ask': 'desk lamp', 'amount.ask.ask': '£40', 'expected.ask.ask': day(20, 'en-GB'), 'said.ask.ask': 'I wrote to them last week and had no answer' }),
    picks: { 'shop_country.ask.ask': 'United Kingdom' },
    letter: ['48213', '£40'], evidence: { shop: 'LampLand', title: 'Order 48213', line: 'Desk lamp', price: '£40.00' },
    end: ['end.ask.solved'], outcome: 'solved',
  },
  {
    name: 'desktop', language: 'zh-Hans', locale: 'zh-CN', zone: 'Asia/Shanghai', viewport: { width: 1280, height: 800 }, person: '小林',
    country: '中国',
    controls: { newPerson: '新增人物', attach: '附件', photo: '照片或视频', days14: '＋14 天', hour: '＋1 小时', go: '跳转', close: '关闭', save: '保存', two: '两人并排' },
    story: (day) => `我${day(8, 'zh-CN')}在淘宝的小厨旗舰店买了一台电饭煲，订单号33210，付了299元，${day(5, 'zh-CN')}收到。第二天申请七天无理由退货，商家说拆封不退，拒绝退款。`,
    answers: () => ({ 'order.ask.ask': '33210', 'product.ask.ask': '电饭煲', 'amount.ask.ask': '299元', 'said.ask.ask': '客服说拆封了不能退' }),
    picks: { 'shop_country.ask.ask': '中国' },
    letter: ['33210', '299'], evidence: { shop: '小厨旗舰店', title: '订单 33210', line: '电饭煲', price: '¥299.00' },
    end: ['end.ask.given_up'], outcome: 'given_up',
  },
];

class Trouble extends Error {}

// like turns the bot's words into a pattern: what is filled in may be anything.
const like = (words) => new RegExp(words.split('\0').map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+')).join('[^]+?'));

// Walk is one person at one page.
class Walk {
  constructor(road, page) {
    Object.assign(this, { road, page, words: spec.words[road.language], wrong: [], shots: 0 });
    page.on('console', (m) => m.type() === 'error' && this.wrong.push('console: ' + m.text()));
    page.on('pageerror', (err) => this.wrong.push('uncaught: ' + err.message));
    page.on('response', (r) => r.status() >= 400 && this.wrong.push(`${r.status()} for ${r.url()}`));
  }

  fail(what) { throw new Trouble(what); }

  // word gives the bot's own words by their key.
  word(key) { return this.words[key]?.[0] ?? this.fail(`there are no words ${key}`); }

  // says tells whether a text can be the words of this key.
  says(key, text) { return (this.words[key] ?? this.fail(`there are no words ${key}`)).some((w) => like(w).test(text)); }

  // read gives the messages in view of the page, oldest first.
  read() {
    return this.page.evaluate(() => [...document.querySelectorAll('.unit')].map((unit) => ({
      id: unit.dataset.message, mine: unit.classList.contains('mine'), text: unit.querySelector('.text')?.innerText ?? '',
      reactions: unit.querySelector('.reactions')?.innerText ?? '',
      buttons: [...unit.querySelectorAll('.keys .key')].map((k) => k.textContent),
    })));
  }

  // after does something and waits until the page has answered and is at rest.
  async after(act, what) {
    const before = JSON.stringify(await this.read());
    await act();
    let last = before;
    let calm = Date.now();
    for (const limit = Date.now() + 30000; ; await this.page.waitForTimeout(60)) {
      const now = JSON.stringify(await this.read());
      if (now !== last) [last, calm] = [now, Date.now()];
      const rest = Date.now() - calm;
      const busy = await this.page.locator('.key.waiting').count();
      if (last !== before && rest > 450 && !busy && JSON.parse(last).some((m) => !m.mine)) break;
      if (Date.now() > limit) this.fail(`${what}: no answer on the page${busy ? ', the button still waits' : ''}`);
    }
    await this.look(what);
  }

  // look finds what sticks out.
  async look(what) {
    const wide = await this.page.evaluate(() => {
      const found = [];
      if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
      for (const node of document.querySelectorAll('.scroll, .bubble, .key, .text, .pre, dialog, .head, .foot, .menu, .top')) {
        const box = node.getBoundingClientRect();
        if (!box.width) continue;
        const said = `${node.className || node.tagName} “${node.textContent.trim().slice(0, 50)}”`;
        if (box.left < -0.5 || box.right > innerWidth + 0.5) found.push(`${said} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`);
        else if (node.scrollWidth > node.clientWidth + 1) found.push(`${said} holds ${node.scrollWidth} px in ${node.clientWidth}`);
      }
      for (const node of document.querySelectorAll('.key')) { // a word cut in two is not a label
        for (const text of [...node.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE)) {
          for (const word of text.data.matchAll(/[\p{Script=Latin}\p{Script=Cyrillic}’']+/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) found.push(`the button “${text.data}” breaks “${word[0]}” in two`);
          }
        }
      }
      return [...new Set(found)];
    });
    for (const w of wide) this.wrong.push(`${what}: ${w}`);
    if (this.wrong.length) this.fail(this.wrong.join('\n'));
  }

  async shot(name, message) {
    if (message) {
      await this.page.locator(`.unit[data-message="${message}"]`).evaluate((n) => n.scrollIntoView({ block: 'start', behavior: 'instant' }));
      await this.page.locator('.scroll').evaluate((n) => n.scrollBy({ top: -10, behavior: 'instant' }));
    }
    await this.page.mouse.move(0, 0);
    const file = join(spec.shots, `${this.road.name}-${String(++this.shots).padStart(2, '0')}-${name}.png`);
    await this.page.waitForTimeout(200);
    const image = await this.page.screenshot({ path: file });
    if (message) await this.page.locator('.scroll').evaluate((n) => n.scrollTo({ top: n.scrollHeight, behavior: 'instant' }));
    return image;
  }

  // question is the newest message with buttons, and the key of what it asks.
  async question() {
    const keyed = (await this.read()).filter((m) => m.buttons.length && !m.mine).pop() ?? this.fail('nothing is asked');
    const key = Object.keys(this.words).filter((k) => k.endsWith('.ask') && this.says(k, keyed.text)).sort((a, b) => this.word(b).length - this.word(a).length)[0];
    return { ...keyed, key };
  }

  offers(q, key) { return key in this.words && q.buttons.includes(this.word(key)); }

  async expect(...keys) {
    const q = await this.question();
    if (!keys.includes(q.key)) this.fail(`${keys.join(' or ')} was expected, but asked is: ${q.text} [${q.buttons.join(' | ')}]`);
    return q;
  }

  // press presses a button of a message as it stands there.
  async press(q, label) {
    const at = q.buttons.indexOf(label);
    if (at < 0) this.fail(`“${label}” is not offered by: ${q.text} [${q.buttons.join(' | ')}]`);
    await this.after(() => this.page.locator(`.unit[data-message="${q.id}"] .keys .key`).nth(at).click(), `press “${label}”`);
  }

  // tap presses the first of these that the newest question offers.
  async tap(...keys) {
    const q = await this.question();
    await this.press(q, this.word(keys.find((k) => this.offers(q, k)) ?? keys[0]));
  }

  async say(words) {
    await this.after(async () => {
      await this.page.locator('.write textarea').fill(words);
      await this.page.locator('.write .send').click();
    }, `say “${words}”`);
  }

  // control presses something of the page itself.
  async control(name, within = this.page) { await within.getByRole('button', { name: this.road.controls[name], exact: true }).or(within.getByRole('menuitem', { name: this.road.controls[name], exact: true })).first().click(); }

  async open() {
    const { page, road } = this;
    await page.goto(spec.url);
    if (spec.picture) { // calmer, and a smaller file
      await page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('.scroll { background-image: none } .jump { display: none } .bubble { box-shadow: none } .write textarea { outline: none !important }');
        document.adoptedStyleSheets.push(sheet);
      });
    }
    await page.locator('.pane .head h2').waitFor();
    await this.look('open the page');
    if (!road.person) return;
    await this.control('newPerson');
    await page.locator('dialog input').first().fill(road.person);
    await this.look('a new person');
    await page.locator('dialog select').selectOption(road.language.toLowerCase());
    await this.control('save', page.locator('dialog'));
    await page.locator('.pane .head p', { hasText: road.person }).waitFor();
  }

  // clockTo sets the page's clock to an hour of tomorrow: nobody is reminded at night.
  async clockTo(hour) {
    await this.page.locator('.tool.clock').click();
    const at = this.page.locator('dialog input[type=datetime-local]');
    const tomorrow = new Date(Date.parse((await at.inputValue()) + ':00Z') + 86400000).toISOString().slice(0, 10);
    await at.fill(`${tomorrow}T${hour}`);
    await this.control('go', this.page.locator('dialog'));
    await this.look('the clock');
    await this.control('close', this.page.locator('dialog'));
    await this.page.locator('dialog').waitFor({ state: 'detached' });
    this.today = Date.parse(tomorrow + 'T00:00:00Z');
  }

  // moveOn goes on by 14 days, and by hours until the reminder is there.
  async moveOn(key) {
    const there = async () => this.says(key, (await this.question()).text);
    await this.page.locator('.tool.clock').click();
    const dialog = this.page.locator('dialog');
    await this.control('days14', dialog);
    for (let hours = 0; !await there(); hours++) {
      if (hours > 24) this.fail(`no reminder came: ${this.word(key)}`);
      for (let i = 0; i < 20 && !await there(); i++) await this.page.waitForTimeout(100);
      if (!await there()) await this.control('hour', dialog);
    }
    await this.shot('clock');
    await this.control('close', dialog);
    await dialog.waitFor({ state: 'detached' });
    await this.look('the clock, 14 days on');
  }

  // order draws the page of an order, as a person would photograph it.
  async order() {
    const e = this.road.evidence;
    const page = await this.page.context().newPage();
    await page.setViewportSize({ width: 480, height: 560 });
    await page.setContent(`<body style="margin:0;font:17px system-ui,'Noto Sans CJK SC',sans-serif;color:#222;background:#fff"><header style="padding:18px 22px;background:#2b3a67;color:#fff;font-size:20px">${e.shop}</header><main style="padding:22px"><h1 style="font-size:23px;margin:0 0 18px">${e.title}</h1><div style="display:flex;gap:16px;border:1px solid #ddd;border-radius:8px;padding:16px"><div style="width:84px;height:84px;border-radius:6px;background:linear-gradient(#f3d58b,#d98f4e)"></div><div><b>${e.line}</b><p style="margin:8px 0 0">${e.price}</p></div></div></main>`);
    const image = await page.screenshot();
    await page.close();
    return image;
  }

  // attach sends a picture through the page's own attach control.
  async attach(name, buffer) {
    await this.after(async () => {
      await this.control('attach');
      const chooser = this.page.waitForEvent('filechooser');
      await this.control('photo');
      await (await chooser).setFiles({ name, mimeType: 'image/png', buffer });
      await this.look('the sheet for files');
      await this.page.locator('dialog .ends .solid').click();
      await this.page.locator('dialog').waitFor({ state: 'detached' });
    }, 'attach a picture');
  }

  // answers goes through the questions until one of these is asked.
  async answers(until) {
    const day = (ago, locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(this.today - ago * 86400000);
    const known = this.road.answers(day);
    for (let i = 0; i < 40; i++) {
      const q = await this.question();
      if (q.key === until) return;
      const words = known[q.key];
      delete known[q.key]; // what is not understood is skipped the next time
      const pick = q.buttons.find((b) => this.road.picks[q.key] && b.includes(this.road.picks[q.key]));
      if (words) await this.say(words);
      else if (pick) await this.press(q, pick);
      else if (this.offers(q, 'button.done')) {
        await this.press(q, q.buttons[0]); // tick the first, then Done
        await this.tap('button.done');
      } else if (this.offers(q, 'button.skip')) await this.tap('button.skip');
      else this.fail(`no way on from: ${q.text} [${q.buttons.join(' | ')}]`);
    }
    this.fail(`forty answers, and ${until} was not asked`);
  }

  async whole() {
    const { road } = this;
    const day = (ago, locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(this.today - ago * 86400000);
    const moments = {};
    await this.open();
    await this.clockTo('10:00');
    await this.shot('empty');
    await this.after(() => this.page.locator('.empty .solid').click(), 'start');
    await this.expect('welcome.ask');
    await this.shot('welcome');
    await this.tap('welcome.agree');
    const q = await this.expect('country.ask');
    await this.press(q, q.buttons.find((b) => b.includes(road.country)) ?? road.country);
    await this.expect('story.ask');
    await this.say(road.story(day));
    await this.expect('story.confirm.ask');
    moments.story = await this.shot('story');
    await this.tap('story.confirm.right', 'button.right');
    await this.shot('question');
    await this.answers('facts.confirm.ask');
    await this.shot('facts');
    await this.tap('facts.confirm.right', 'button.right');
    await this.expect('evidence.ask.ask');
    await this.shot('evidence');
    await this.attach('order.png', await this.order());
    if (!(await this.read()).some((m) => this.says('exhibit.kept', m.text))) this.fail('the picture was not kept as an exhibit');
    await this.shot('exhibit');
    await this.onward('evidence.ask.enough');
    await this.expect('letter.tone.ask');
    await this.tap('letter.tone.firm');
    await this.expect('letter.ready.ask');
    const letter = (await this.read()).findLast((m) => !m.mine && road.letter.every((w) => m.text.includes(w)) && m.text.length > 300);
    if (!letter) this.fail(`no message holds the letter with ${road.letter.join(' and ')}`);
    moments.letter = await this.shot('letter', letter.id);
    await this.shot('letter-buttons');
    await this.tap('letter.ready.sent');
    await this.tap('sent.how.chat');
    await this.tap('sent.proof.later', 'button.later');
    await this.expect('answerby.confirm.ask');
    await this.tap('answerby.confirm.good');
    await this.shot('waiting');
    await this.moveOn('merchant.asked.ask');
    moments.reminder = await this.shot('reminder');
    await this.tap('merchant.asked.silent');
    await this.expect('silent.next.ask');
    await this.shot('silent');
    await this.tap('button.ladder');
    const rungs = await this.expect('ladder.pick.ask');
    await this.shot('ladder');
    await this.press(rungs, rungs.buttons[0]);
    const card = (await this.question()).id;
    await this.shot('rung', card);
    await this.tap('ladder.card.prepare');
    if (this.offers(await this.question(), 'ladder.guard.go_on')) await this.tap('ladder.guard.go_on');
    await this.expect('ladder.check.ask');
    await this.shot('preflight');
    await this.tap('ladder.check.ready');
    await this.expect('complaint.ready.ask');
    const complaint = (await this.read()).findLast((m) => !m.mine && +m.id > +card && road.letter.some((w) => m.text.includes(w)));
    if (!complaint) this.fail('no message holds the complaint');
    await this.shot('complaint', complaint.id);
    await this.shot('complaint-buttons');
    await this.tap('complaint.ready.filed');
    await this.expect('filed.number.ask');
    await this.tap('button.skip');
    await this.shot('filed');
    await this.tap('waiting.close', 'button.close');
    await this.expect('end.ask.ask');
    await this.tap(...road.end);
    if ((await this.question()).key === 'end.back.ask') await this.tap('end.back.all');
    if (this.offers(await this.question(), 'withdraw.next.done')) await this.tap('withdraw.next.done');
    const last = (await this.read()).at(-1);
    if (!Object.keys(this.words).some((k) => k.startsWith('tip.') && last.text.includes(this.word(k)))) this.fail('no tips came at the end');
    await this.shot('tips');
    const chat = new URL(this.page.url()).searchParams.get('chat');
    const state = await (await fetch(`${spec.url}/api/state?chat=${chat}`)).json();
    if (!JSON.stringify(state).includes(`"${road.outcome}"`)) this.fail(`the bot does not know the outcome ${road.outcome}`);
    this.messages = (await this.read()).length;
    if (road.controls.two) {
      await this.control('two');
      await this.page.locator('.pane').nth(1).locator('.unit').first().waitFor();
      await this.page.waitForTimeout(300);
      await this.look('two people side by side');
      await this.shot('two');
    }
    await this.page.emulateMedia({ colorScheme: 'dark' });
    await this.look('by night');
    await this.shot('night');
    return moments;
  }

  // onward presses a button that the newest or an earlier question offers.
  async onward(key) {
    const from = (await this.read()).findLast((m) => m.buttons.includes(this.word(key))) ?? this.fail(`nothing offers “${this.word(key)}”`);
    await this.press(from, this.word(key));
  }
}

// picture puts moments of the road side by side, as the README shows them.
async function picture(context, moments, file) {
  const page = await context.newPage();
  await page.setViewportSize({ width: 1100, height: 760 });
  const phone = (image) => `<img src="data:image/png;base64,${image.toString('base64')}" style="width:310px;border-radius:22px;border:1px solid #cfcbc0">`;
  await page.setContent(`<body style="margin:0;display:inline-flex;gap:18px;padding:12px;background:#fff">${[moments.story, moments.letter, moments.reminder].map(phone).join('')}`);
  await page.waitForTimeout(300);
  writeFileSync(file, await page.locator('body').screenshot({ scale: 'css' }));
  await page.close();
}

// Faults planted on purpose.
const harms = {
  wide: () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.bubble { min-width: 420px !important }');
    document.adoptedStyleSheets.push(sheet);
  },
  broken: () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.key { padding: 6px 135px !important }');
    document.adoptedStyleSheets.push(sheet);
  },
  console: () => console.error('planted'),
  uncaught: () => setTimeout(() => { throw new Error('planted'); }),
};

async function walk(road) {
  const profile = mkdtempSync(join(tmpdir(), 'recourse-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: spec.chromium, headless: true, chromiumSandbox: false,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    viewport: road.viewport, deviceScaleFactor: spec.picture ? 2 : 1, hasTouch: !!road.phone, isMobile: !!road.phone,
    locale: road.locale, timezoneId: road.zone, colorScheme: 'light', reducedMotion: 'reduce',
  });
  const one = new Walk(road, context.pages()[0] ?? await context.newPage());
  one.page.setDefaultTimeout(20000);
  try {
    if (spec.harm) {
      await one.open();
      await one.page.evaluate(harms[spec.harm]);
      await one.after(() => one.page.locator('.empty .solid').click(), 'start');
      await one.look('a page known to be wrong');
      return;
    }
    const began = Date.now();
    const moments = await one.whole();
    await one.look('at the end');
    if (spec.picture && road.phone) await picture(context, moments, spec.picture);
    console.log(`${road.name}, ${road.language}: ${one.messages} messages, ${one.shots} screenshots, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  } catch (err) {
    const file = join(spec.shots, `${spec.harm || road.name}-wrong.png`);
    await one.page.screenshot({ path: file }).catch(() => {});
    throw new Trouble(`${road.name}, ${road.language}: ${[err.message, ...one.wrong].filter((w, i, a) => a.indexOf(w) === i).join('\n')}\nlast seen: ${file}`);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

try {
  for (const road of spec.harm ? roads.slice(0, 1) : roads) await walk(road);
  const refused = await (await fetch(`${spec.url}/api/refusals`)).json();
  if (refused?.length) throw new Trouble('Telegram would refuse: ' + JSON.stringify(refused));
} catch (err) {
  console.error(err instanceof Trouble ? err.message : err.stack);
  process.exitCode = 1;
}
