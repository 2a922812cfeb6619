package flows

import "testing"

// How well a person's own words are looked at, over messages as furious people
// write them, and as firm ones do. The rules were mended with all of them, so
// this holds what is reached and measures nothing: of 66 furious ones that they
// had not seen they found 42, and took 2 of 42 firm ones for furious.
func TestHowWellOwnWordsAreLookedAt(t *testing.T) {
	en, zh := turnOf(t, "en", "GB", Money{"40.00", "GBP"}), turnOf(t, "zh-Hans", "CN", Money{"128.00", "CNY"})
	var missed, alarms int
	for _, x := range furious(en, zh) {
		if found, calmer := x.t.lint(x.text); len(found) == 0 {
			missed++
			t.Logf("missed: %s", x.text)
		} else if again, _ := x.t.lint(calmer); calmer != "" && len(again) > 0 {
			t.Errorf("%s\n the calmer %q still has %v", x.text, calmer, again)
		}
	}
	for _, x := range firm(en, zh) {
		if found, _ := x.t.lint(x.text); len(found) > 0 {
			alarms++
			t.Logf("false alarm: %s %v", x.text, found)
		}
	}
	n, m := len(furious(en, zh)), len(firm(en, zh))
	t.Logf("%d of %d furious missed, %d of %d firm taken for furious", missed, n, alarms, m)
	if missed*20 > n || alarms*20 > m {
		t.Error("more than one in twenty")
	}
}

type written struct {
	t    *turn
	text string
}

func furious(en, zh *turn) []written {
	return []written{
		{en, "Give me my £40 or I'll put you all over TikTok."},
		{en, "If I don't get my refund by Friday I'm going to leave one star reviews on every site."},
		{en, "Pay up or everyone will know what you did."},
		{en, "Refund me or I'm calling the police."},
		{en, "I want £40 back, if not I will report you to HMRC."},
		{en, "Unless you refund me I'll have you arrested."},
		{en, "You're a scammer and a fraud."},
		{en, "What a load of bullshit, you clowns."},
		{en, "I'm going to come round and smash your windows."},
		{en, "I will come to your house."},
		{en, "Refund today by 5pm or else."},
		{en, "I want £4000 for the stress."},
		{en, "Your manager John Smith lives at 12 High Street, Leeds LS1 4AP."},
		{en, "My passport is 123456789 and my card is 4929 1234 5678 9012."},
		{en, "YOU HAVE ONE HOUR."},
		{en, "You must refund me by yesterday."},
		{en, "You people are disgusting and worthless."},
		{en, "I'll make sure you go out of business, pay me."},
		{en, "Pay me the money you owe or I send this chat to the newspapers."},
		{en, "Refund me by 1 March 2026."},
		{zh, "不退款我就去抖音曝光你们"},
		{zh, "再不退钱就给你差评，让大家都看看"},
		{zh, "退一赔十，赔我1280元"},
		{zh, "你全家不得好死"},
		{zh, "操你妈退钱"},
		{zh, "今天不退钱我就去你店里闹"},
		{zh, "赔钱，否则我去工商局举报你"},
		{zh, "你们卖假货，是犯罪"},
		{zh, "老板张三的电话13812345678，住在朝阳区建国路88号"},
		{zh, "今天晚上之前必须退款"},
		{zh, "限你一小时退钱"},
		{zh, "不赔三倍我就报警"},
		{zh, "骗子公司，还我钱"},
		{zh, "弄死你个王八蛋"},
		{en, "Send my £40 back or my 20,000 Instagram followers will hear about your shop."},
		{en, "I have screenshots of everything and I will publish them unless I get a full refund."},
		{en, "Either you pay or I tell the local paper how you treat people."},
		{en, "You have until midnight to refund me, after that I go to the police."},
		{en, "If you don't pay I'll make a criminal complaint against your director."},
		{en, "Compensate me with £100 or the tax office gets a letter from me."},
		{en, "You dishonest lot are nothing but thieves and I want my money."},
		{en, "Absolute scammers. Refund £40."},
		{en, "You ripped me off, you cheats."},
		{en, "I hope your shop burns down, you morons."},
		{en, "My brothers and I will pay you a visit at your warehouse."},
		{en, "I know which school your kids go to."},
		{en, "REFUND ME NOW YOU HAVE NO IDEA WHO YOU ARE DEALING WITH"},
		{en, "I expect the £40 by tonight!!!"},
		{en, "I demand £1,000 in damages for a lamp that never came."},
		{en, "What kind of retard runs your support?"},
		{en, "Pay me back or I flood your page with one-star reviews."},
		{en, "I'll drag you on Twitter until you refund me."},
		{en, "Call the owner's wife on 07911 123456 and tell her to pay."},
		{en, "It's daylight robbery and you know it."},
		{zh, "三天内不给退款，我就把聊天记录全部发到小红书上"},
		{zh, "给我500块封口费，不然我上黑猫曝光"},
		{zh, "我有几万粉丝，不赔钱就让你们店开不下去"},
		{zh, "不退钱我就打税务举报电话，查你们偷税"},
		{zh, "再不处理我就去派出所告你们诈骗"},
		{zh, "你们这帮奸商，良心被狗吃了"},
		{zh, "客服是猪吗，听不懂人话"},
		{zh, "你给我等着，我知道你店在哪"},
		{zh, "信不信我带几个兄弟去你公司坐坐"},
		{zh, "两小时之内把钱打过来"},
		{zh, "我要精神损失费一万元"},
		{zh, "老板王五身份证号110101199003071234我都有"},
		{zh, "你们就是诈骗，赶紧还钱"},
		{zh, "退钱！！！退钱！！！"},
		{zh, "卖假货的黑心店家，退款"},
		{en, "Transfer the £40 or your shop's name goes into every Facebook group in town."},
		{en, "A friend of mine writes for the Guardian, so pay up fast."},
		{en, "No refund? Then I make a video about your shop and put it on YouTube."},
		{en, "Refund or I will make sure HMRC looks at your books."},
		{en, "My cousin is a police officer; send the money or he will come for you."},
		{en, "Your boss is a con man and everybody should know it."},
		{en, "You stole from me."},
		{en, "This company is a fraud, refund my £40."},
		{en, "You utter muppets, learn to read."},
		{en, "Are you people retarded?"},
		{en, "I'll break your legs."},
		{en, "Sleep well, I know your address."},
		{en, "I want the refund within 2 hours."},
		{en, "Pay me £500 for my time."},
		{en, "ANSWER ME RIGHT NOW WHERE IS MY REFUND"},
		{en, "Anna from support lives at 4 Mill Lane, I looked her up."},
		{zh, "不给钱就把你们的丑事全抖出来"},
		{zh, "要么退款要么我发抖音"},
		{zh, "赔我两千，要不我就写一百条差评"},
		{zh, "退款，否则后果自负"},
		{zh, "马上退钱，不退我就去市公安局"},
		{zh, "一群骗子"},
		{zh, "你妈没教你做人吗"},
		{zh, "这种垃圾商家早点倒闭"},
		{zh, "我明天就上门把你店砸了"},
		{zh, "限今晚十点前退款"},
		{zh, "赔我3000元误工费"},
		{zh, "我已经查到店主的家庭住址和手机号13900001111"},
		{zh, "你们这是明抢"},
	}
}

func firm(en, zh *turn) []written {
	return []written{
		{en, "I have reported the parcel lost to Royal Mail and ask for £40 back."},
		{en, "I posted a photo of the broken lamp in the chat on 3 March. Please refund £40."},
		{en, "Your site shows a report of delivery, but nothing came. Please refund £40 by 20 March."},
		{en, "Please share it with your manager and refund £40."},
		{en, "I will tell my bank to reverse the payment if £40 is not refunded by 20 March."},
		{en, "The delivery person was going to leave it with the neighbour. Please refund £40."},
		{en, "This is a pig-shaped lamp, order 48213. Please refund £40."},
		{en, "I would like a refund. Your advert said it would not burn the table. It burned it."},
		{en, "My crime reference number from the police is 123. I ask for a refund of £40."},
		{en, "ORDER 48213 LAMP MODEL XJ-900 EU PLUG has not come. Please refund £40."},
		{zh, "请退款128元，如不处理我将向12315投诉举报。"},
		{zh, "商品是骗子公司同款？请核实并退款128元。"},
		{zh, "我已经报警说快递丢了，请退款128元。"},
		{zh, "洗衣机滚筒坏了，请退款128元。"},
		{zh, "垃圾桶收到时已裂开，请退款128元。"},
		{zh, "照片曝光过度看不清，我再发一张。请退款128元。"},
		{zh, "客服让我等着，已经等了十天，请退款128元。"},
		{zh, "我会向法院起诉并要求退款128元。"},
		{zh, "根据消法第五十五条，要求退一赔三，共512元，请于3月16日前答复。"},
		{en, "Hello, order 48213 (desk lamp, £40.00, 1 Feb) has not arrived; you confirmed 8 Feb. Please refund £40.00 to my card by 17 March 2026."},
		{en, "You promised a refund by 20 February 2026 and it has not come. Please repay £40.00 within 14 days."},
		{en, "If I have no answer by 20 March I will ask my bank for a chargeback and go to the small claims court."},
		{en, "I told your colleague on the phone that the shade is broken and sent a video of it. Please repay £40."},
		{en, "Your tracking page tells me the parcel was left in a bin. Please send the lamp again."},
		{en, "I left an honest review last week and will not delete it. Please refund £40 as agreed."},
		{en, "Please call me or write to my email. I paid £40 today and cancelled within the hour."},
		{en, "I will report this to Trading Standards via Citizens Advice if it is not settled. Please refund £40."},
		{en, "Please do not call me a liar. I only ask for my £40 back."},
		{en, "The lamp smelled of burning and my son almost hurt his hand. I ask for a refund of £40."},
		{en, "I reported the theft of the parcel to the police, number 4411. The delivery is still owed; please refund £40."},
		{en, "Could you tell everyone involved that the parcel came back to you? Please repay £40."},
		{zh, "您好，订单33210，3月5日签收，3月8日申请七天无理由退货，商品完好。请于3月16日前退还货款299元。"},
		{zh, "贵店答应2月20日前退款，至今没有到账，请退还128元。"},
		{zh, "如协商不成，我会申请平台介入，并向市场监督管理局投诉。请退款128元。"},
		{zh, "收到时花瓶碎成两半，打开包装就看到了，附照片，请退款128元。"},
		{zh, "我发到你们客服邮箱的照片收到了吗？请退款128元。"},
		{zh, "我没有给差评，只想把128元退回来。"},
		{zh, "快递说今天送到，我在家等了一天没有到。请退款128元。"},
		{zh, "客服骂我是骗子，我很难过，请退款128元并道歉。"},
		{zh, "请在收到本函之日起七日内答复，逾期我将向法院起诉，要求退款128元。"},
		{zh, "灯泡一打就坏，差点烧了桌子，请退款128元。"},
		{en, "The courier told me that the parcel went back to you. I ask for the £40 back by 20 March."},
		{en, "I read in your reviews that others wait too. Please refund £40."},
		{en, "I am happy to send the lamp back. Please send a label and then repay £40."},
		{en, "My bank told me to contact the police about the phishing message; please confirm it was not from you and refund £40."},
		{en, "It came late, broken and without the bulb. I would like £40 back, or a new lamp."},
		{en, "Today is the last day of the time you named. Please repay £40."},
		{en, "I will pay for the return if you refund me first, as your terms say."},
		{en, "You wrote that a refund takes 48 hours. Ten days are over."},
		{en, "Please tell me by e-mail when the money is sent; I know where to find it on my statement."},
		{en, "I had to leave work to wait for the delivery at home, twice."},
		{zh, "我理解可能是快递的问题，但请先退款128元，再和快递公司处理。"},
		{zh, "页面写着假一赔三，检测报告显示不是正品，请按承诺赔偿384元并退款128元。"},
		{zh, "客服说马上处理，到今天还没有退款，请在3月10日前退回128元。"},
		{zh, "请不要再打电话给我家人。退款128元即可。"},
		{zh, "我愿意撤回差评，但请先确认退款128元是否到账。"},
		{zh, "物流显示派出，但没有人联系我，请退款128元。"},
		{zh, "我在12315平台投诉过，编号8812，请配合处理并退款128元。"},
		{zh, "商品发到别的地址了，请补发或退款128元。"},
		{zh, "请让物流公司明天上门取件，退款128元。"},
		{zh, "衣服洗一次就打结，客服却说是我洗坏了，请退款128元。"},
	}
}
