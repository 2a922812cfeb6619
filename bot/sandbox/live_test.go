package sandbox

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// TestLive serves the page with a small bot behind it for as long as
// SANDBOX_LIVE says, to look at it in a browser:
//
//	SANDBOX_LIVE=10m go test -run TestLive -timeout 0 ./bot/sandbox/
func TestLive(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("SANDBOX_LIVE"))
	if err != nil {
		t.Skip("SANDBOX_LIVE is not set")
	}
	s := New(Options{Token: "1:live", State: func(_ context.Context, chat int64) (any, error) {
		return map[string]any{"chat": chat, "step": "story.ask", "case": map[string]any{"merchant": "LampLand", "amount": "40.00 GBP", "kinds": []string{"not_delivered"}}}, nil
	}})
	l, err := net.Listen("tcp", "127.0.0.1:8099")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s.Handler()}
	go srv.Serve(l)
	defer srv.Close()
	t.Log("http://localhost:8099/")
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	b, err := bot.New("1:live", bot.WithServerURL("http://127.0.0.1:8099"), bot.WithDefaultHandler(liveAnswer))
	if err != nil {
		t.Fatal(err)
	}
	b.SetMyName(ctx, &bot.SetMyNameParams{Name: "Recourse"})
	b.SetMyDescription(ctx, &bot.SetMyDescriptionParams{Description: "I help you through a dispute with an online shop: keep the evidence, write to the shop, watch the dates, and find who can help.\n\nYou decide and send everything yourself."})
	b.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: []models.BotCommand{
		{Command: "start", Description: "Begin"},
		{Command: "case", Description: "Where my case stands"},
		{Command: "evidence", Description: "What I have saved"},
		{Command: "letter", Description: "The message to the shop"},
		{Command: "help", Description: "What this bot can do"},
		{Command: "erase", Description: "Delete everything"},
	}})
	b.Start(ctx)
}

func liveAnswer(ctx context.Context, b *bot.Bot, u *models.Update) {
	if q := u.CallbackQuery; q != nil {
		b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: q.ID, Text: "Noted: " + q.Data, ShowAlert: q.Data == "danger"})
		if m := q.Message.Message; m != nil && q.Data == "letter" {
			b.SendDocument(ctx, &bot.SendDocumentParams{ChatID: m.Chat.ID, Caption: "The same letter as a file.", Document: &models.InputFileUpload{Filename: "letter-to-lampland.txt", Data: strings.NewReader(strings.Repeat("Dear LampLand,\n", 200))}})
		}
		return
	}
	m := u.Message
	if m == nil {
		return
	}
	say := func(p *bot.SendMessageParams) *models.Message {
		p.ChatID = m.Chat.ID
		out, err := b.SendMessage(ctx, p)
		if err != nil {
			panic(err)
		}
		return out
	}
	data := func(label, data, style string) models.InlineKeyboardButton {
		return models.InlineKeyboardButton{Text: label, CallbackData: data, Style: style}
	}
	switch {
	case m.Text == "/start":
		say(&bot.SendMessageParams{Text: "I help when an online shop does not do right: I keep the evidence, draft the message, and watch the dates.\n\nI am not a lawyer, and I send nothing by myself."})
		say(&bot.SendMessageParams{
			Text:        "Telegram and whoever runs this bot can technically read this chat. What is kept, and for how long: /privacy. You can delete everything at any time: /erase.",
			ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{data("I agree, go on", "agree", "primary")}, {data("Tell me more", "more", ""), data("I feel threatened", "danger", "danger")}}},
		})
	case m.Text == "/letter":
		text := "Hello,\n\nI ordered a lamp on 1 February (order 40-2231, £40.00) and paid by card. It has not arrived: see the tracking page I saved on 2 March.\n\nPlease refund the £40.00 to my card by 16 March 2026.\n\nKind regards\nAlex"
		say(&bot.SendMessageParams{Text: "Your message to the shop, <b>firm</b> tone. Copy it and send it <i>yourself</i>, then tell me.", ParseMode: models.ParseModeHTML})
		say(&bot.SendMessageParams{Text: text, Entities: []models.MessageEntity{{Type: "pre", Offset: 0, Length: units(text)}}, ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Copy the short form", CopyText: models.CopyTextButton{Text: "Please refund £40.00 by 16 March."}}},
			{data("Friendlier", "tone1", ""), data("Firmer", "tone2", ""), data("Final notice", "tone3", "")},
			{data("I have sent it", "letter", "success")},
			{{Text: "The rule it rests on", URL: "https://www.legislation.gov.uk/ukpga/2015/15"}},
		}}})
	case m.Text == "/case":
		say(&bot.SendMessageParams{ParseMode: models.ParseModeHTML, Text: "<b>LampLand</b>, £40.00\nWaiting for an answer until <u>Mon 16 March</u>.\n\n<blockquote expandable>10 days after sending, then the next working day.\nThe rule: Consumer Rights Act 2015, section 28.\nRead on 2 March 2026.\nIt says that goods must be delivered within 30 days unless something else was agreed.</blockquote>\nReference <code>40-2231</code>, <a href=\"https://example.org/order\">your order page</a>, card ending <tg-spoiler>4242</tg-spoiler>, <s>overdue</s>.\n<pre><code class=\"language-text\">2026-02-01 ordered\n2026-03-02 written to</code></pre>"})
	case m.ForwardOrigin != nil:
		b.SetMessageReaction(ctx, &bot.SetMessageReactionParams{ChatID: m.Chat.ID, MessageID: m.ID, Reaction: []models.ReactionType{{Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: "👍"}}}})
		say(&bot.SendMessageParams{Text: "Saved as Exhibit 1. This reads like a refusal: “no refunds under any circumstances”."})
	case m.Photo != nil || m.Document != nil:
		b.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: m.Chat.ID, Action: models.ChatActionTyping})
		time.Sleep(600 * time.Millisecond)
		b.SetMessageReaction(ctx, &bot.SetMessageReactionParams{ChatID: m.Chat.ID, MessageID: m.ID, Reaction: []models.ReactionType{{Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: "👍"}}}})
		say(&bot.SendMessageParams{Text: "Saved.", ReplyParameters: &models.ReplyParameters{MessageID: m.ID}})
	default:
		out := say(&bot.SendMessageParams{Text: "…"})
		b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: out.ID, Text: "You said: " + m.Text})
	}
}
