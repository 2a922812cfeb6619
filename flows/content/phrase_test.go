package content

import "testing"

func TestPhrasesAreFound(t *testing.T) {
	c, problems := Load(Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, x := range []struct{ id, text, words string }{
		{"courier", "Please CONTACT the courier.", "CONTACT the courier"}, // folded: found whatever the case
		{"courier", "The courier comes on Monday.", ""},
		{"courier", "亲，您找快递吧", "找快递"},
		{"review", "Please remove your bad review.", "remove your bad review"},
		{"review", "We remove the item. Leave a review.", ""}, // another sentence
		{"review", "把差评删掉", "差评删"},
		{"review", "欢迎您评价", ""},
		{"opened", "The shop reopened on Monday.", ""}, // a word, not a part of one
		{"opened", "The box was opened.", "opened"},
		{"final_sale", "ＦＩＮＡＬ ＳＡＬＥ", "FINAL SALE"}, // full width
		{"settlement", "This is in full and final settlement.", "full and final"},
		{"silence", "please cancel your dispute first", "cancel your dispute"},
		{"return_first", "等您寄回来再退款", "寄回来再"},
		{"voucher", "给您一张优惠券", "优惠券"},
		{"nobody", "anything", ""},
	} {
		if got := c.Says(x.id, x.text); got != x.words {
			t.Errorf("%s in %q: %q, not %q", x.id, x.text, got, x.words)
		}
	}
}
