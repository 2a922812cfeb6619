// Package flows_test shows how the house behaves, as stories a lawyer can read.
//
// A story (scenarios/*.txt) is what one or two people do and what they are
// asked. Each is played twice: pure, through Guide.Advance alone, and whole,
// over the store, the bot and the local stand-in for Telegram, with a restart
// after every line. What was said is kept in golden/<story>.txt, so that a
// change of wording shows as a difference there and never as a broken story;
// `go test ./flows_test -update` writes it anew.
//
// Begin with story_test.go.
package flows_test
