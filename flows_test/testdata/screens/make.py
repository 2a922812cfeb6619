"""Draws the order screens of this folder: invented shops, numbers and people, laid
out as shops' apps do it. Needs Python 3, Debian's chromium, fonts-noto-cjk and
imagemagick. `python3 make.py` writes the pictures and screens.tsv (file, currency
of the person, order, amount, date, shop; and whether the reading was written with
it in sight: "seen", or "new"). `python3 make.py new` writes only the new ones."""
import pathlib, subprocess, sys, tempfile

ZH = [  # shop, product, order, amount, date, layout
    ("花间小铺旗舰店", "陶瓷花瓶 白色 大号", "3318204457710025", "128.00", "2026-02-18 21:04:33", "taobao"),
    ("清风数码专营店", "蓝牙耳机 入耳式", "2840119923375566", "299.00", "2026-03-01 09:12:07", "taobao"),
    ("暖阳家居", "四件套 1.8米床", "260215-118840227361", "416.50", "2026-02-15 13:40:22", "pdd"),
    ("山里人家", "苹果 10斤装", "260227-334019552807", "39.90", "2026-02-27 08:01:59", "pdd"),
    ("京点电器专卖店", "电饭煲 3升", "301128847519", "259.00", "2026-01-30 19:22:10", "jd"),
    ("小鹿童装旗舰店", "儿童羽绒服 120码", "298844017735", "1,288.00", "2026-02-02 22:15:41", "jd"),
    ("木子书屋", "二手书 全套12册", "4410027739915508", "86.00", "2026-02-20 11:11:30", "taobao"),
    ("跑者装备专营店", "跑鞋 42码", "260301-550217743309", "359.00", "2026-03-01 16:45:00", "pdd"),
    ("美味源食品", "牛肉干 500克", "311940027755", "78.60", "2026-02-11 07:30:18", "jd"),
    ("晨光文具店", "钢笔 礼盒", "7720045518830021", "49.80", "2026-02-08 20:02:46", "taobao"),
    ("绿野户外旗舰店", "帐篷 双人", "260119-772004913356", "688.00", "2026-01-19 10:20:30", "pdd"),
    ("优品手机配件", "手机壳 透明", "305518820047", "25.50", "2026-02-25 23:59:01", "jd"),
]
EN = [
    ("LampLand", "Desk lamp, brass", "48213-GB", "£40.00", "1 February 2026", "shop"),
    ("Northgate Shoes", "Running shoes, size 9", "NG-20260214-7781", "£129.99", "14 February 2026", "shop"),
    ("BrightHome Ltd", "Kettle, 1.7 l", "202-4471938-5520417", "£34.50", "3 February 2026", "amazon"),
    ("Orchid Books", "Field guide to birds", "203-9920147-3318850", "£18.75", "20 February 2026", "amazon"),
    ("gadget_barn_uk", "Phone case, clear", "14-11289-40277", "£12.49", "25 Jan 2026", "ebay"),
    ("vintage.vera", "Brooch, silver", "09-11402-77315", "£76.00", "18 Feb 2026", "ebay"),
    ("Maple & Moss", "Wool blanket", "100884213", "$89.95", "February 12, 2026", "us"),
    ("PedalPoint Cycles", "Bike light set", "100991847", "$1,249.00", "January 28, 2026", "us"),
    ("Kitchen Corner", "Cast iron pan", "112-5520917-8840213", "$44.20", "February 27, 2026", "amazon_us"),
    ("Toy Harbor", "Wooden train", "113-7740218-3359017", "$63.15", "March 1, 2026", "amazon_us"),
    ("Sunny Prints", "Poster, A2", "SP-0077421", "£22.00", "9 February 2026", "shop"),
    ("HomeTech Direct", "Air fryer", "HT-5519038", "£74.99", "28 February 2026", "shop"),
]

# Drawn after the reading was written, in other layouts, and read once.
ZH_NEW = [
    ("云朵家居旗舰店", "乳胶枕 两只装", "2291004417730852", "219.00", "2026-02-14 20:11:05", "taobao2"),
    ("南山茶叶", "龙井 250克", "260209-402217785190", "168.80", "2026-02-09 12:30:44", "pdd2"),
    ("启明灯具专营店", "吸顶灯 客厅", "308855120471", "459.00", "2026-01-22 09:45:31", "jd2"),
    ("阿宝玩具店", "积木 大盒", "3350117742098816", "99.00", "2026-02-26 18:03:12", "taobao2"),
    ("北方果园", "苹果梨 5斤", "260301-118830047725", "36.60", "2026-03-01 07:58:20", "pdd2"),
    ("明远书店", "字帖 三本", "312204885137", "57.00", "2026-02-19 15:22:09", "jd2"),
]
EN_NEW = [
    ("Harbour Lights Ltd", "Table lamp, white", "204-1180427-6639015", "£52.30", "7 February 2026", "desktop"),
    ("Crate & Kettle", "Tea kettle, red", "205-7719930-4402281", "£28.99", "21 February 2026", "desktop"),
    ("northsea_audio", "Headphones, black", "21-13340-80512", "£64.95", "11 Feb 2026", "ebay2"),
    ("Willow Yarns", "Merino wool, 10 balls", "WY-2026-00418", "£47.50", "15 February 2026", "mail"),
    ("Summit Packs", "Backpack, 30 l", "114-6620185-9920047", "$118.40", "February 22, 2026", "phone_us"),
    ("Bluebird Garden", "Bird feeder", "100995530", "$31.75", "February 5, 2026", "phone_us"),
]

def rows(pairs):
    return "".join(f'<div class=r><span class=l>{a}</span><span class=v>{b}</span></div>' for a, b in pairs)

def zh(shop, product, order, amount, date, layout):
    a = f"¥{amount}"
    if layout == "taobao":
        return f"<h2>订单详情</h2><p class=s>{shop} &gt;</p><div class=p><i></i><b>{product}</b><em>{a}</em></div>" + rows([("商品总价", a), ("运费", "¥0.00"), ("实付款", a)]) + "<h3>订单信息</h3>" + rows([("订单编号", order), ("创建时间", date), ("支付方式", "支付宝")])
    if layout == "pdd":
        return f"<h2>待收货</h2><p class=s>{shop}</p><div class=p><i></i><b>{product}</b><em>{a}</em></div><div class=t>实付: {a} (免运费)</div>" + rows([("订单编号:", order), ("支付方式:", "微信支付"), ("下单时间:", date)])
    return f"<h2>已完成</h2><p class=s>{shop}</p><div class=p><i></i><b>{product}</b><em>{a}</em></div>" + rows([("订单号", order), ("下单时间", date), ("支付方式", "在线支付"), ("商品总额", a), ("运费", "+¥0.00"), ("实付款", a)])

def en(shop, product, order, amount, date, layout):
    sign = amount[0]
    if layout == "shop":
        return f"<h2>{shop}</h2><p>Thank you for your order</p>" + rows([("Order number", order), ("Order date", date)]) + f"<div class=p><i></i><b>{product}</b><em>{amount}</em></div>" + rows([("Subtotal", amount), ("Delivery", "Free"), ("Total", amount)])
    if layout.startswith("amazon"):
        return f"<h2>Order Details</h2><p class=s>Ordered on {date}</p><p>Order# {order}</p><div class=p><i></i><b>{product}</b></div><p>Sold by: {shop}</p><h3>Order Summary</h3>" + rows([("Item(s) Subtotal:", amount), ("Postage &amp; Packing:", sign + "0.00"), ("Grand Total:", amount)])
    if layout == "ebay":
        return f"<h2>Order details</h2>" + rows([("Order placed", date), ("Order number", order), ("Seller", shop)]) + f"<div class=p><i></i><b>{product}</b><em>{amount}</em></div>" + rows([("1 item", amount), ("Postage", "Free"), ("Order total", amount)])
    return f"<h2>Your order is confirmed</h2><p>{shop}</p><p>Order #{order}</p><p>Placed on {date}</p><div class=p><i></i><b>{product}</b><em>{amount}</em></div>" + rows([("Subtotal", amount), ("Shipping", "$0.00"), ("Order total", amount)])

def zh_new(shop, product, order, amount, date, layout):
    a, more = f"¥{amount}", f"¥{float(amount) + 10:.2f}"
    item = f"<div class=p><i></i><b>{product}</b><em>{more}<br><small>×1</small></em></div>"
    if layout == "taobao2":
        return f"<h2>卖家已发货</h2><p>包裹正在运往 幸福小区3栋</p><p class=s>{shop} &gt;</p>{item}" + rows([("商品总价", more), ("店铺优惠", "-¥10.00"), ("实付款(含运费)", f"<b>{a}</b>")]) + rows([("订单编号", order + " | 复制"), ("支付宝交易号", "2026021922001418" + order[:8]), ("创建时间", date), ("付款时间", date), ("发货时间", "2026-03-02 10:00:00")])
    if layout == "pdd2":
        return f"<h2>商家已发货，等待收货</h2><p>预计3月5日送达</p><p class=s>{shop} <small>进店 &gt;</small></p>{item}<div class=t>店铺优惠 -¥10.00</div><div class=t>实付款 <b>{a}</b></div>" + rows([("订单编号", order), ("下单时间", date), ("快递单号", "YT8812004417736"), ("支付方式", "微信支付")])
    return f"<h2>等待收货</h2><p>【北京市】快件已到达 2026-03-02 06:10:00</p><p class=s>{shop}</p>{item}" + rows([("商品金额", more), ("优惠金额", "-¥10.00"), ("运费", "¥0.00"), ("合计", f"<b>{a}</b>"), ("订单编号", order + " 复制"), ("下单时间", date), ("客服电话", "400-606-5500")])

def en_new(shop, product, order, amount, date, layout):
    sign = amount[0]
    item = f"<div class=p><i></i><b>{product}</b></div>"
    if layout == "desktop":
        return f"<h2>Order details</h2><table><tr class=l><td>Order placed</td><td>Total</td><td>Order # {order}</td></tr><tr><td>{date}</td><td>{amount}</td><td>View order details</td></tr></table><h3>Arriving 9 March</h3>{item}<p>Sold by {shop} and Fulfilled by Bazaar</p><p class=l>Return window closes on 12 April 2026</p><p>Buy it again</p>"
    if layout == "ebay2":
        return f"<h2>Order details</h2><p>Estimated delivery Thu 12 Mar - Sat 14 Mar</p>" + rows([("Time placed", date + " at 14:20"), ("Order number", order), ("Total", f"{amount} (1 item)"), ("Sold by", shop)]) + f"{item}<h3>Payment details</h3>" + rows([("1 item", amount), ("Postage", "Free"), ("Order total", amount)])
    if layout == "mail":
        return f"<h2>Thanks for your order</h2><p>Hi Alex, we have received your order {order} and will let you know when it ships.</p><h3>Order summary</h3>" + rows([("Order no.", order), ("Date ordered", date), ("Seller", shop)]) + item + rows([("Sub-total", sign + f"{float(amount[1:]) - 3.5:.2f}"), ("Delivery", sign + "3.50"), ("Total paid", amount)])
    return f"<h2>View order details</h2>" + rows([("Order date", date), ("Order #", order), ("Order total", f"{amount} (1 item)")]) + f"<h3>Shipped</h3><p>Expected by March 9, 2026</p>{item}<p>Sold by: {shop}</p><h3>Order Summary</h3>" + rows([("Items:", sign + f"{float(amount[1:].replace(',', '')) - 5:.2f}"), ("Shipping:", sign + "5.00"), ("Total before tax:", amount), ("Grand Total:", amount)])

CSS = """body{margin:0;padding:14px 18px;width:354px;font:15px 'Noto Sans CJK SC',sans-serif;background:%s;color:%s}
.bar{font-size:12px;display:flex;justify-content:space-between;margin-bottom:12px}h2{font-size:20px;margin:6px 0}h3{font-size:16px;margin:12px 0 4px}
.r{display:flex;justify-content:space-between;padding:5px 0}.l{color:%s}.p{display:flex;gap:10px;padding:10px 0;align-items:center}.p i{width:56px;height:56px;background:#b98;border-radius:6px}
.p em{margin-left:auto;font-style:normal}.p small{color:#999}table{width:100%%;font-size:13px}.t{text-align:right;padding:6px 0}p{margin:6px 0}"""

here = pathlib.Path(__file__).parent
table = []
with tempfile.TemporaryDirectory() as tmp:
    for lang, cases, draw, first in (("zh", ZH, zh, 0), ("en", EN, en, 0), ("zh", ZH_NEW, zh_new, 12), ("en", EN_NEW, en_new, 12)):
        for n, case in enumerate(cases):
            dark = n % 3 == 1
            css = CSS % (("#1c1c1e", "#eee", "#9a9a9a") if dark else ("#fff", "#222", "#777"))
            how = ["-scale 100%", "-resize 75%", "-resize 50%", "-quality 60"][n % 4]
            name = f"{lang}-{first + n:02d}." + ("jpg" if how.startswith("-quality") or n % 4 == 1 else "png")
            shop, product, order, amount, date, layout = case
            # "Time placed" was learnt from en-14.
            sight = "seen" if first == 0 or name == "en-14.png" else "new"
            currency = "CNY" if lang == "zh" else ("USD" if "$" in amount else "GBP")
            table.append("\t".join([name, currency, order, amount.lstrip("£$¥").replace(",", ""), date, shop, sight]))
            if first == 0 and sys.argv[1:] == ["new"]:
                continue
            page = pathlib.Path(tmp) / "page.html"
            page.write_text(f"<meta charset=utf-8><style>{css}</style><div class=bar><span>9:41</span><span>5G 82%</span></div>" + draw(*case))
            png = pathlib.Path(tmp) / "page.png"
            subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", f"--user-data-dir={tmp}/u", "--force-device-scale-factor=2", "--window-size=390,640", f"--screenshot={png}", page.as_uri()], check=True, capture_output=True)
            subprocess.run(["convert", str(png), *how.split(), *(["-colors", "32"] if name.endswith("png") else ["-quality", "60"]), "-strip", str(here / name)], check=True)
(here / "screens.tsv").write_text("\n".join(table) + "\n")
