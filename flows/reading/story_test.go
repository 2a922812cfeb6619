package reading

import (
	"strings"
	"testing"
)

// told is a story's findings in one line: only what was found, kinds first.
func told(s Story) string {
	var out []string
	add := func(name, value string) {
		if value != "" {
			out = append(out, name+"="+value)
		}
	}
	add("kinds", strings.Join(s.Kinds, ","))
	add("shop", s.Shop)
	add("product", s.Product)
	add("order", s.Order)
	add("platform", s.Platform)
	add("payment", s.Payment)
	if s.Amount != nil {
		add("amount", s.Amount.String())
	}
	add("ordered", s.Ordered.String())
	add("expected", s.Expected.String())
	add("delivered", s.Delivered.String())
	add("discovered", s.Discovered.String())
	if s.NeverArrived {
		out = append(out, "never")
	}
	add("wants", strings.Join(s.Wants, ","))
	return strings.Join(out, " | ")
}

// Stories as people type them. The last line of each is what should be found
// and nothing else; today is 4 March 2026.
func TestStories(t *testing.T) {
	r := reader(t)
	for _, x := range []struct {
		c          Context
		text, want string
	}{
		// English.
		{
			british, "ordered a lamp from LampLand on 1 Feb for £40, paid by card, it never arrived",
			"kinds=not_delivered | shop=LampLand | product=lamp | payment=credit_card | amount=40.00 GBP | ordered=2026-02-01 | never",
		},
		{
			british, "i bougth 2 chairs off ebay from a shop called Home & Co on feb 3rd, £129.99 by paypal. one came broken and they refuse to refund me!!",
			"kinds=defective,refund_refused | shop=Home & Co | product=chairs | platform=ebay | payment=paypal | amount=129.99 GBP | ordered=2026-02-03",
		},
		{
			british, "LampLand never sent my order 48213. its been 3 weeks and they ignore me",
			"kinds=not_delivered | shop=LampLand | order=48213 | never",
		},
		{
			british, "they did not threaten me but the parcel never came",
			"kinds=not_delivered | never",
		},
		{
			british, "seller says he'll post my address online if i dont delete my review",
			"kinds=blackmail,privacy",
		},
		{
			british, "charged twice for the same thing £59.99 by glowskin.com, they auto renew without asking",
			"kinds=overcharged,subscription | shop=glowskin.com | amount=59.99 GBP",
		},
		{
			british, "got a fake nike bag from Vinted, want my money back",
			"kinds=counterfeit | product=fake nike bag | platform=vinted | wants=refund",
		},
		{
			british, "The toaster stopped working after 2 weeks and currys wont honour the warranty",
			"kinds=defective,after_sales | product=toaster",
		},
		{
			british, "website is gone and i paid 250 by bank transfer for a sofa",
			"kinds=scam | product=sofa | payment=bank_transfer | amount=250.00 GBP",
		},
		{
			british, "I ordered a coat from StyleHub on 10 January, it should have arrived by 20 January. STILL WAITING!!! order no. SH-99812",
			"kinds=not_delivered | shop=StyleHub | product=coat | order=SH-99812 | ordered=2026-01-10 | expected=2026-01-20 | never",
		},
		{
			american, "Bought a blender on Amazon for $89.99 on 2/13, arrived 2/20 with a crack and wont turn on. I want a replacement.",
			"kinds=defective | product=blender | platform=amazon | amount=89.99 USD | ordered=2026-02-13 | delivered=2026-02-20 | wants=replacement",
		},
		{
			british, "never recieved my parcel",
			"kinds=not_delivered | never",
		},
		{
			british, "it says delivered but i have not got it",
			"kinds=not_delivered | never",
		},
		{
			british, "my refund never arrived",
			"kinds=refund_refused",
		},
		{
			british, "still waiting for my refund, sent the shoes back on 2 feb",
			"kinds=refund_refused",
		},
		{
			british, "the seller called me names and keeps texting me at night",
			"kinds=abuse",
		},
		{
			british, "they called me an idiot and told me to f off when I asked for a refund",
			"kinds=abuse | wants=refund",
		},
		{
			british, "he threatened to come to my house unless I take down the bad review",
			"kinds=blackmail",
		},
		{
			british, "They will only give me the refund if I delete my review",
			"kinds=blackmail",
		},
		{
			british, "the shop published my phone number and my photos on facebook",
			"kinds=privacy | platform=facebook",
		},
		{
			british, "The dress is nothing like the picture and its the wrong size. They offered me £10 back, I paid £65",
			"kinds=not_as_described | amount=65.00 GBP",
		},
		{
			british, "Bought a phone charger, it caught fire!! my hand got burned. £12.99 from ebay",
			"kinds=unsafe | product=phone charger | platform=ebay | amount=12.99 GBP",
		},
		{
			british, "I signed up for a free trial for £1 and now they charge me £49.99 every month and I can't cancel",
			"kinds=subscription | amount=49.99 GBP",
		},
		{
			british, "warranty claim rejected, they say its my fault, laptop cost £899 in november",
			"kinds=after_sales | amount=899.00 GBP",
		},
		{
			british, "the seller blocked me after I paid £200 by transfer for a bike on Facebook Marketplace",
			"kinds=scam | product=bike | platform=facebook | payment=bank_transfer | amount=200.00 GBP",
		},
		{
			british, "hidden fees!!! said £20 and they took £35 from my card",
			"kinds=overcharged | payment=credit_card | amount=35.00 GBP",
		},
		{
			british, "wrong colour sent, refuses to exchange it, shop is called Velvet Rooms",
			"kinds=not_as_described,after_sales | shop=Velvet Rooms",
		},
		{
			british, "I bought a ring from www.shinyrings.co.uk yesterday and want to cancel the order",
			"shop=www.shinyrings.co.uk | product=ring | ordered=2026-03-03 | wants=cancel",
		},
		{
			british, "Hello, I just have a question about my rights",
			"",
		},
		{
			british, "The parcel arrived on time and nothing was broken, but they charged me twice",
			"kinds=overcharged",
		},
		{
			british, "no threats, nobody insulted me, I only want my money back",
			"wants=refund",
		},
		{
			british, "they broke their promise to refund me",
			"",
		},
		{
			british, "my heart is broken",
			"",
		},
		{
			british, "I read fake reviews about it before",
			"",
		},
		{
			british, "lamp £40 LampLand 1 feb never came",
			"kinds=not_delivered | amount=40.00 GBP | ordered=2026-02-01 | never",
		},
		{
			british, "Ordered two garden chairs last Friday from Garden Kings on Etsy via Klarna",
			"shop=Garden Kings | product=garden chairs | platform=etsy | payment=klarna | ordered=2026-02-27",
		},
		{
			british, "I PAID £1,299.00 FOR A LAPTOP FROM TECHWORLD AND IT IS FAULTY",
			"kinds=defective | shop=TECHWORLD | product=LAPTOP | amount=1299.00 GBP",
		},
		{
			british, "Order #48213 from \"the blue door\" hasn't shipped",
			"kinds=not_delivered | shop=the blue door | order=48213 | never",
		},

		// Written after the rules, and only then mended.
		{
			british, "I bought a second hand iphone 13 from a guy on facebook marketplace, paid 350 cash on delivery and its icloud locked, he wont answer",
			"product=second hand iphone 13 | platform=facebook | payment=cash_on_delivery | amount=350.00 GBP",
		},
		{
			british, "my package says it was delivered on 27 feb but nothing is here and royal mail say they gave it to a neighbour",
			"kinds=not_delivered | never",
		},
		{
			british, "Purchased wedding dress from JJ's House 12 December 2025, cost me $420, arrived 3 weeks late and its the wrong colour. they offer 20% back",
			"kinds=not_as_described | product=wedding dress | amount=420.00 USD | ordered=2025-12-12",
		},
		{
			british, "Booked a sofa through DFS, £1200 deposit paid 5 Jan, delivery promised for 10 Feb, now they say june. want to cancel and get my deposit back",
			"shop=DFS | product=sofa | ordered=2026-01-05 | expected=2026-02-10 | wants=cancel,refund",
		},
		{
			british, "The seller keeps messaging me calling me a thief and a liar bc I opened a paypal dispute",
			"kinds=abuse | payment=paypal",
		},
		{
			british, "Vitamins gave me a rash. Company nuvita refuses refund because opened",
			"kinds=unsafe,refund_refused",
		},
		{
			british, "I was charged £79 for amazon prime i never signed up for",
			"kinds=subscription | platform=amazon | amount=79.00 GBP",
		},
		{
			british, "My vaccum cleaner died after 8 months, under 2 yr guarantee, AO wont repair it",
			"kinds=defective,after_sales | shop=AO",
		},
		{
			british, "temu sent me a tiny toy instead of a full size chair",
			"kinds=not_as_described | platform=temu",
		},
		{
			british, "I returned the jacket on 3rd February and ASOS still hasn't refunded my £55",
			"kinds=refund_refused | shop=ASOS | product=jacket | amount=55.00 GBP",
		},
		{
			british, "They gave my phone number to some debt collector and i get calls all day",
			"kinds=privacy",
		},
		{
			british, "sold me concert tickets that were fake, via instagram, 180 pounds",
			"kinds=counterfeit | platform=instagram | amount=180.00 GBP",
		},
		{
			british, "Paid for express delivery, came 2 weeks late, missed my daughters birthday",
			"",
		},
		{
			british, "Hey so i ordered from shein like 2 wks ago n its not here yet n tracking stuck",
			"kinds=not_delivered | shop=shein | ordered=2026-02-18 | never",
		},
		{
			british, "i want an apology and compensation, the driver was shouting at my mum",
			"kinds=abuse | wants=apology,compensation",
		},
		{
			british, "bought headphones for my son for christmas, one side doesn't work, Argos say no receipt no refund",
			"kinds=defective,refund_refused | shop=Argos | product=headphones",
		},
		{
			british, "The gym wont let me cancel my membership, keeps taking £30 a month",
			"kinds=subscription",
		},
		{
			british, "this is a scam site dont buy!! took my money no emails no phone",
			"kinds=scam,refund_refused",
		},
		{
			british, "Ordered 3 x candles 14/02 order ref 00-8812-AX, only two came",
			"kinds=not_delivered | product=candles | order=00-8812-AX | ordered=2026-02-14",
		},
		{
			british, "what can i do if the shop doesnt reply",
			"",
		},
		{
			british, "Just testing",
			"",
		},
		{
			british, "I got my refund thanks, all good",
			"",
		},
		{
			british, "They did refund me but only half",
			"kinds=refund_refused",
		},

		{
			british, longEnglish,
			"kinds=blackmail,not_delivered,abuse | shop=Trail & Peak | product=walking boots | order=TP-220114-7781 | payment=debit_card | amount=89.99 GBP | ordered=2026-01-14 | expected=2026-01-20 | never | wants=refund",
		},

		// Chinese.
		{
			chinese, "3月1日在淘宝小米小店买了一台电饭煲，299块，到现在没收到货，商家不给退款",
			"kinds=not_delivered,refund_refused | shop=小米小店 | product=电饭煲 | platform=taobao | amount=299.00 CNY | ordered=2026-03-01 | never",
		},
		{
			chinese, "在拼多多买的假货，店家骂我还威胁我不删差评就公布我的地址！",
			"kinds=blackmail,privacy,abuse,counterfeit | platform=pinduoduo",
		},
		{
			chinese, "花了1.2万在抖音某某数码旗舰店买了台电脑，用了三天就坏了，不给保修",
			"kinds=defective,after_sales | shop=某某数码旗舰店 | product=电脑 | platform=douyin | amount=12000.00 CNY",
		},
		{
			chinese, "会员自动续费扣了我两次钱，客服不理人 取消不了",
			"kinds=subscription,overcharged",
		},
		{
			chinese, "店跑路了，钱没退，店铺都没了",
			"kinds=scam,refund_refused",
		},
		{
			chinese, "订单号：33210 买了件外套 收到发现发错货 想退货退款",
			"kinds=not_as_described | product=外套 | order=33210 | wants=refund",
		},
		{
			chinese, "他们没有骂我 就是一直拖着不退款",
			"kinds=refund_refused",
		},
		{
			chinese, "没收到货",
			"kinds=not_delivered | never",
		},
		{
			chinese, "一直不发货，催了十几次都不理我，想退款也不给退",
			"kinds=not_delivered,refund_refused | never | wants=refund",
		},
		{
			chinese, "没收到退款",
			"kinds=refund_refused",
		},
		{
			chinese, "商家说要是不删差评，就去我家找我",
			"kinds=blackmail",
		},
		{
			chinese, "删差评才给退款，不然就把我的电话发到网上",
			"kinds=blackmail,privacy",
		},
		{
			chinese, "泄露我的电话，现在天天有骚扰电话",
			"kinds=privacy,abuse",
		},
		{
			chinese, "买了双鞋，鉴定是假的，花了八百九十九块，微信支付",
			"kinds=counterfeit | product=鞋 | payment=wechat_pay | amount=899.00 CNY",
		},
		{
			chinese, "收到的杯子碎了，要求换货，商家拒绝",
			"kinds=defective | wants=replacement",
		},
		{
			chinese, "充电宝爆炸了！手都烫伤了！要求赔偿医药费",
			"kinds=unsafe | wants=compensation",
		},
		{
			chinese, "手机用了两个月黑屏，拿去修说是人为损坏不给保修",
			"kinds=defective,after_sales",
		},
		{
			chinese, "乱扣费，莫名其妙扣了我98块，说好的免费试用",
			"kinds=overcharged,subscription | amount=98.00 CNY",
		},
		{
			chinese, "描述写的真皮，结果是人造革，货不对板，想退一赔三",
			"kinds=not_as_described | wants=refund,compensation",
		},
		{
			chinese, "被骗了，对方收了钱就把我拉黑了，转账500元",
			"kinds=scam | payment=bank_transfer | amount=500.00 CNY",
		},
		{
			chinese, "店名叫小熊优品，上周五下单的，预计3月1日到，到现在没到",
			"kinds=not_delivered | shop=小熊优品 | ordered=2026-02-27 | expected=2026-03-01 | never",
		},
		{
			chinese, "商家是广州美妆贸易，订单编号：2026021588771，退货他们拒收，不退钱",
			"kinds=refund_refused | shop=广州美妆贸易 | order=2026021588771",
		},
		{
			chinese, "双十一在京东买的冰箱，3999元，昨天坏了，售后踢皮球",
			"kinds=defective,after_sales | product=冰箱 | platform=jd | amount=3999.00 CNY | ordered=2025-11-11 | discovered=2026-03-03",
		},
		{
			chinese, "客服态度特别差，骂我穷鬼，让我滚，要求道歉",
			"kinds=abuse | wants=apology",
		},
		{
			chinese, "不是假货，质量也没问题，就是发货太慢",
			"",
		},
		{
			chinese, "请问怎么投诉商家",
			"",
		},
		{
			chinese, "我没退货，我只是想问问",
			"",
		},
		{
			chinese, "气坏了，网站打不开",
			"kinds=scam",
		},
		{
			chinese, "2月14号签收的花，花都烂了，只退我20块，花了两百六",
			"kinds=defective,refund_refused | amount=260.00 CNY | delivered=2026-02-14",
		},
		{
			chinese, "運費10塊，買了三件衣服共299塊，沒收到貨",
			"kinds=not_delivered | product=衣服 | amount=299.00 CNY | never",
		},
		{
			chinese, "在闲鱼买了个二手相机，卖家说好的包邮，收到发现镜头有划痕，不同意退货",
			"kinds=defective,refund_refused | product=二手相机 | platform=xianyu",
		},
		{
			chinese, "ordered 一件 coat from StyleHub，paid £65，一直没收到，客服 never reply",
			"kinds=not_delivered | shop=StyleHub | product=coat | amount=65.00 GBP | never",
		},
		{
			chinese, "要求删除我的个人信息和照片",
			"wants=remove_data",
		},
		{
			chinese, "不想退款，只想让他们赶紧发货",
			"wants=delivery",
		},
		{
			chinese, "先涨价后打折，价格欺诈",
			"kinds=overcharged",
		},

		{
			chinese, "我在唯品会买的鞋子穿了两天就开胶了，找客服说不是质量问题不给退",
			"kinds=defective,refund_refused | shop=唯品会 | product=鞋子",
		},
		{
			chinese, "直播间买的翡翠手镯，花了五千八，拿去鉴定是假的，主播把我拉黑了",
			"kinds=counterfeit | product=翡翠手镯 | amount=5800.00 CNY",
		},
		{
			chinese, "快递显示已签收，但我根本没收到，商家让我找快递，快递让我找商家",
			"kinds=not_delivered | never",
		},
		{
			chinese, "商家发短信骂我全家，还说知道我住哪",
			"kinds=blackmail,abuse",
		},
		{
			chinese, "网上订的酒店，1月20号付的款，680元，到店说没房，也不给退钱",
			"kinds=refund_refused | product=酒店 | amount=680.00 CNY | ordered=2026-01-20",
		},
		{
			chinese, "APP自动扣了我188，我都不知道什么时候开通的会员",
			"kinds=subscription | amount=188.00 CNY",
		},
		{
			chinese, "奶粉里面有虫子，孩子喝了拉肚子，要求十倍赔偿",
			"kinds=unsafe | wants=compensation",
		},
		{
			chinese, "给了差评之后，卖家天天打电话骚扰我，让我删评价",
			"kinds=blackmail,abuse",
		},
		{
			chinese, "我的订单信息被泄露了，接到诈骗电话",
			"kinds=privacy",
		},
		{
			chinese, "买了个热水器，安装师傅乱收费，要了我500",
			"kinds=overcharged | product=热水器 | amount=500.00 CNY",
		},
		{
			chinese, "订单12345678901234，2月20日下单，承诺48小时发货，到今天都没发",
			"kinds=not_delivered | order=12345678901234 | ordered=2026-02-20",
		},
		{
			chinese, "退货寄回去十天了，商家说没收到，钱也不退",
			"kinds=refund_refused",
		},
		{
			chinese, "买的衣服尺码不对想换货，客服说换货要我出运费",
			"kinds=not_as_described | product=衣服 | wants=replacement",
		},
		{
			chinese, "预售的手机说好2月底发货，一直拖",
			"kinds=not_delivered",
		},
		{
			chinese, "裙子跟图片完全两个样，质量特别差，69块钱",
			"kinds=not_as_described | amount=69.00 CNY",
		},
		{
			chinese, "我没有被骂，就是东西少了一件",
			"kinds=not_delivered",
		},
		{
			chinese, "客服很好，就是想问下保修期多久",
			"",
		},
		{
			chinese, "在一家叫青木家居的网店订了张实木床，2999，收到发现是贴皮的",
			"shop=青木家居 | product=实木床 | amount=2999.00 CNY",
		},
		{
			chinese, "京东自营买的洗衣机，去年11月11号买的，昨天漏水了，售后说人为的",
			"kinds=defective,after_sales | product=洗衣机 | platform=jd | ordered=2025-11-11",
		},
		{
			chinese, "商家承诺假一赔十，结果是高仿，不承认",
			"kinds=counterfeit | wants=compensation",
		},
		{
			chinese, "他说再不撤诉就把我照片发到我公司群",
			"kinds=blackmail,privacy",
		},
		{
			chinese, "我想要回我的钱，300多块",
			"amount=300.00 CNY | wants=refund",
		},

		{
			chinese, longChinese,
			"kinds=blackmail,abuse,privacy,not_delivered,refund_refused | shop=小熊户外旗舰店 | product=登山鞋 | order=2026011477812233 | platform=taobao | payment=alipay | amount=899.00 CNY | ordered=2026-01-14 | expected=2026-01-20 | never | wants=refund,apology",
		},
		{chinese, "", ""},
		{british, "🙃🙃🙃", ""},
	} {
		s := r.Story(x.text, x.c)
		if got := told(s); got != x.want {
			t.Errorf("%s\n got  %s\n want %s\n because %v", x.text, got, x.want, s.Because)
		}
	}
}
