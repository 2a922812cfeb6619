package bot

import (
	"context"
	"strings"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// introduce tells Telegram what to show of the bot: its menu, and what stands
// in an empty chat and on the profile, language by language. Nobody's case
// hangs on it, so a failure is logged and passed over.
func (b *Bot) introduce(ctx context.Context) {
	told := map[string]bool{}
	for _, w := range b.set.Words {
		code, ok := languageCode(w.Language)
		if !ok || told[code] {
			continue
		}
		told[code] = true
		for _, call := range []struct {
			name string
			make func(context.Context) (bool, error)
		}{
			{"setMyCommands", func(ctx context.Context) (bool, error) {
				return b.api.SetMyCommands(ctx, &telegram.SetMyCommandsParams{Commands: w.menu(), LanguageCode: code})
			}},
			{"setMyDescription", func(ctx context.Context) (bool, error) {
				return b.api.SetMyDescription(ctx, &telegram.SetMyDescriptionParams{
					Description: shorten(harmless(w.Description), 512), LanguageCode: code,
				})
			}},
			{"setMyShortDescription", func(ctx context.Context) (bool, error) {
				return b.api.SetMyShortDescription(ctx, &telegram.SetMyShortDescriptionParams{
					ShortDescription: shorten(harmless(w.Short), 120), LanguageCode: code,
				})
			}},
		} {
			within, end := context.WithTimeout(ctx, callTime)
			_, err := call.make(within)
			end()
			if ctx.Err() != nil {
				return
			}
			if v := judge(err); v.what != done {
				b.set.Log.Warn("bot not introduced", "language", w.Language, "call", call.name, "why", v.what)
				if v.what == flood { // at the next start, then
					return
				}
			}
		}
	}
}

// words are those in a language, in English where there are none.
func (b *Bot) words(language string) Words {
	var english Words
	for _, w := range b.set.Words {
		if w.Language == language {
			return w
		}
		if w.Language == "en" {
			english = w
		}
	}
	return english
}

// menu is the command menu within Telegram's limits.
func (w Words) menu() []models.BotCommand {
	menu := []models.BotCommand{}
	for _, c := range w.Commands {
		if c.Name != "" && c.Text != "" {
			menu = append(menu, models.BotCommand{Command: strings.ToLower(c.Name), Description: shorten(harmless(c.Text), 256)})
		}
	}
	return menu
}

// languageCode is what Telegram calls a locale: two letters, and none for the
// one that everybody else is shown. Traditional Chinese has no code of its
// own; those who choose it get their menu by flows.Menu.
func languageCode(tag string) (code string, ok bool) {
	switch tag {
	case "en":
		return "", true
	case "zh-Hans":
		return "zh", true
	}
	code, _, _ = strings.Cut(tag, "-")
	return code, len(code) == 2 && code != "zh" && code != "en"
}
