package reading

import (
	"slices"
	"strings"
	"testing"
)

func TestTheirs(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]string{
		"They wrote: No refunds, ever.":                             "No refunds, ever.",
		"they said \"we will not pay you back\"":                    "we will not pay you back",
		"The seller replied:\nSend it back first.":                  "Send it back first.",
		"And the shop just answered me: wait three days":            "wait three days",
		"Their reply was: case closed":                              "case closed",
		"Seller: not our problem":                                   "not our problem",
		"Message from the shop: your parcel is on its way":          "your parcel is on its way",
		"商家说：拆封了不能退":                                                "拆封了不能退",
		"店家回复：“亲，先确认收货哦”":                                           "亲，先确认收货哦",
		"客服回复我：再等三天":                                                "再等三天",
		"商家：不退":                                                     "不退",
		"他说：“随便你告”":                                                 "随便你告",
		"对方刚才发消息：你等着":                                               "你等着",
		"賣家說：不能退":                                                   "不能退",
		"They wrote to me in March. I ordered: one lamp, one cable": "",
		"They said it would come on Friday and it never came.":      "",
		"I wrote: please refund me":                                 "",
		"The order number is: 4711":                                 "",
		"商家一直说会退，到现在没退":                                             "",
		"我说：请退款":                                                    "",
		"他们说好三天到，结果没到":                                              "",
		"They wrote:":                                               "",
		"商家说：":                                                      "",
		"":                                                          "",
	} {
		words, ok := r.Theirs(text)
		if !ok {
			words = ""
		}
		if words != want {
			t.Errorf("%q: theirs are %q, not %q", text, words, want)
		}
	}
}

func TestProofs(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]string{
		"the order page":                        "order_page",
		"Invoice from the shop":                 "invoice",
		"unboxing video, one take":              "unboxing",
		"a photo of the damage":                 "photos",
		"proof of payment":                      "payment",
		"WhatsApp chat with the seller":         "chat",
		"parcel label":                          "parcel",
		"tracking history":                      "tracking",
		"call log from Tuesday":                 "caller_log",
		"this is the recording of the call":     "recording",
		"I have no invoice":                     "",
		"this is not the invoice":               "",
		"they refuse to send an invoice number": "invoice",
		"hello":                                 "",
		"商品实拍":                                  "photos",
		"发票":                                    "invoice",
		"快递单":                                   "parcel",
		"开箱视频":                                  "unboxing",
		"这是订单截图":                                "order_page",
		"聊天记录":                                  "chat",
		"物流信息":                                  "tracking",
		"微信付款记录":                                "payment",
		"商家不给发票":                                "",
		"没有发票":                                  "",
		"通话录音":                                  "recording",
		"店铺营业执照":                                "profile",
		"快递单号 SF123":                            "",
		"包裹没收到":                                 "",
	} {
		if got := strings.Join(r.Proofs(text), " "); got != want {
			t.Errorf("%q speaks of %q, not %q", text, got, want)
		}
	}
}

func TestShowing(t *testing.T) {
	r := reader(t)
	for _, x := range []struct {
		text   string
		number int
		want   string
	}{
		{"this is the invoice", 0, "invoice"},
		{"That's the order page", 0, "order_page"},
		{"here is the tracking page", 0, "tracking"},
		{"Exhibit 3 is the invoice", 3, "invoice"},
		{"the photo shows the damage", 0, "photos"},
		{"这是发票", 0, "invoice"},
		{"这张是快递单", 0, "parcel"},
		{"证据2是聊天记录", 2, "chat"},
		{"it is the invoice", 0, ""},
		{"It was a birthday present and the invoice came later in a second letter from the shop in Leeds", 0, ""},
		{"I ordered a lamp. This is the invoice.", 0, ""},
		{"order page", 0, ""},
		{"", 0, ""},
	} {
		number, proofs := r.Showing(x.text)
		if got := strings.Join(proofs, " "); got != x.want || (x.want != "" && number != x.number) {
			t.Errorf("%q: exhibit %d shows %q, not %d %q", x.text, number, got, x.number, x.want)
		}
	}
}

func TestScreen(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]string{
		"Order details\nLamp\nQty 1\nOrder no. 48213\nOrder total £40.00":           "order_page",
		"交易成功\n订单编号：33210988\n实付款 ￥299.00\n申请发票 申请售后":                               "order_page",
		"支付成功\n¥299.00\n收款方 灯火旗舰店\n交易单号 4200001":                                    "payment",
		"物流信息\n运单号 SF1022\n运输中\n揽收":                                                 "tracking",
		"电子发票（普通发票）\n发票号码 23442\n价税合计 299.00":                                       "invoice",
		"Your invoice will be sent by e-mail":                                       "",
		"申请发票":                                                                      "",
		"Chat\nHello\nNo refunds":                                                   "",
		"Payment received\nThank you\nTransaction ID 99881\nTotal to be paid later": "payment",
	} {
		if got := strings.Join(r.Screen(text), " "); got != want {
			t.Errorf("%q is a picture of %q, not of %q", text, got, want)
		}
	}
}

// No text makes it fail, and what is read as theirs stands in the text.
func FuzzEvidence(f *testing.F) {
	r := reader(f)
	for _, s := range []string{"they wrote: x", "商家说：“不退”", "this is the invoice", "证据9是发票", "\"", "：", strings.Repeat("they wrote: ", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if words, ok := r.Theirs(text); ok && !strings.Contains(text, words) {
			t.Errorf("%q is not in %q", words, text)
		}
		for _, id := range slices.Concat(r.Proofs(text), r.Screen(text)) {
			if !slices.Contains(proofIDs, id) {
				t.Errorf("%q is no line of a checklist", id)
			}
		}
		r.Showing(text)
	})
}
