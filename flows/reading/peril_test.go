package reading

import (
	"slices"
	"strings"
	"testing"
)

func TestPerils(t *testing.T) {
	r := reader(t)
	for _, c := range []struct{ text, want string }{
		{"The seller threatened to post my address if I don't delete the review", "doxxing told"},
		{"he said he will come to my house tonight", "told"},
		{"they say they'll send the pictures to everyone", "told"},
		{"The owner wrote that he will send my nudes to my boss", "told images"},
		{"They know where I live and I'm scared to go out", "told address"},
		{"I'm being blackmailed by a shop", "told"},
		{"I have already paid them 200 and now they want more", "paid"},
		{"I want to kill myself", "selfharm"},
		{"I can't go on living like this", "selfharm"},
		{"I just want to die", "selfharm"},
		{"I'm 15 years old", "minor"},
		{"i am only 16, please help", "minor"},
		{"someone messaged me, a recovery expert, he can get my money back but wants a fee first", "recovery"},
		{"We recover your lost funds, pay a 10% fee upfront", "recovery"},
		{"他们威胁我，说要来我家", "told"},
		{"卖家说要把我的身份证照片发到网上", "doxxing told"},
		{"他说知道我住哪，让我等着", "told address"},
		{"他用我的裸照要钱", "images told"},
		{"我已经转了两千块给他们，还要", "paid"},
		{"I gave them the code from the text message", "code"},
		{"the caller made me install AnyDesk", "code"},
		{"我把验证码告诉客服了", "code"},
		{"对方让我开了屏幕共享", "code"},
		{"They published my phone number in their reply", "doxxing told"},
		{"我被店家开盒了", "doxxing told"},
		{"我不想活了", "selfharm"},
		{"活着真没意思", "selfharm"},
		{"我今年十六岁", "minor"},
		{"有人说可以帮我追回被骗的钱，要先交手续费", "recovery"},

		// Ordinary trouble, said with the same words.
		{"They threatened me with a late fee of £12", ""},
		{"They threatened to cancel the order", ""},
		{"they did not threaten me", ""},
		{"I'm afraid I won't get my money back", ""},
		{"The delivery guy is at my door with the parcel", ""},
		{"I ordered nude lipstick and got red", ""},
		{"this cake is to die for but arrived broken", ""},
		{"I am 15 days without my parcel", ""},
		{"I have paid by card and it never arrived", ""},
		{"They want a restocking fee before they refund", ""},
		{"the seller said he will send a replacement", ""},
		{"they said they'd publish my review after checking", ""},
		{"The shop owner told me to kill myself", ""},
		{"They said they would post it to my address on Monday", ""},
		{"手机死机了，商家不给退", ""},
		{"他们说要收滞纳金，不然取消订单", ""},
		{"说好的三天发货，怕收不到", ""},
		{"付了钱一直不发货", ""},
		{"没有威胁我，就是不回消息", ""},
		{"想死你们家的蛋糕了，可是送来是坏的", ""},
		{"骂我叫我去死", ""},
		{"裸机没有充电器", ""},
		{"I gave the courier the door code", ""},
		{"the discount code they sent me does not work", ""},
		{"the remote control of the lamp is missing", ""},
		{"我把取件码给了快递员", ""},
		{"窗帘不能远程控制", ""},
		{"快递说已送到我家门口但我没收到", ""},
	} {
		var got []string
		for _, p := range r.Perils(c.text) {
			got = append(got, p.ID)
			if p.Words == "" || !strings.Contains(c.text, p.Words) {
				t.Errorf("%s: %s because of %q", c.text, p.ID, p.Words)
			}
		}
		want := strings.Fields(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s\n is %v, want %v", c.text, got, want)
		}
	}
}
