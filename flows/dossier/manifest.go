package dossier

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

// manifest is manifest.json: everything known of every exhibit, in every part.
// The names of an item's fields are those of the log's lines, against which it
// is held.
type manifest struct {
	Format   int         `json:"format"` // 1
	Case     int         `json:"case"`
	As       string      `json:"as"` // time of the log's last line
	Claim    string      `json:"claim"`
	Parts    int         `json:"parts"`
	Exhibits []item      `json:"exhibits"`
	Stamps   []stampItem `json:"timestamps"`
}

// claim is all that is said of an exhibit.
const claim = "These bytes reached this bot at this time in this message and have not changed since."

type item struct {
	Number   int    `json:"number"`
	Kind     string `json:"kind"`
	Form     string `json:"form"`
	State    string `json:"state"` // kept waiting lost same; damaged too_large: kept, and not in the ZIP
	Why      string `json:"why,omitempty"`
	Same     int    `json:"same,omitempty"`
	Out      bool   `json:"left_out,omitempty"`
	File     string `json:"file,omitempty"` // in the ZIP; none: its bytes are not handed over
	Part     int    `json:"part,omitempty"` // in which
	SHA256   string `json:"sha256,omitempty"`
	Size     int64  `json:"size,omitempty"`
	Type     string `json:"type,omitempty"`
	Declared string `json:"declared,omitempty"`
	Name     string `json:"name,omitempty"` // data, never a path
	Message  int    `json:"message,omitempty"`
	Album    string `json:"album,omitempty"`
	Sent     string `json:"sent,omitempty"`
	Received string `json:"received,omitempty"`
	Stored   string `json:"stored,omitempty"`

	ForwardKind string `json:"forward_kind,omitempty"`
	ForwardName string `json:"forward_name,omitempty"`
	ForwardDate string `json:"forward_date,omitempty"`

	Text    string     `json:"text,omitempty"`           // the words, or the caption
	Caption string     `json:"caption_sha256,omitempty"` // of Text, where it is a caption
	Edits   []editItem `json:"edits,omitempty"`
	Theirs  bool       `json:"theirs,omitempty"`
	Proofs  string     `json:"proofs,omitempty"`
	Shows   string     `json:"shows,omitempty"`

	// What the person says of it: yes, no or unknown; never guessed.
	Whole    string `json:"uncropped"`
	Unedited string `json:"unedited"`
	Dated    string `json:"date_visible"`
	Sender   string `json:"sender_visible"`

	Parent int    `json:"parent,omitempty"`
	Cover  string `json:"cover,omitempty"`
	// The line of the log that says what the bytes are, with the hash of the line
	// before it and its own; 0 = the log is younger.
	Seq  int64  `json:"log_seq"`
	Prev string `json:"previous_hash,omitempty"`
	Hash string `json:"own_hash,omitempty"`
}

type editItem struct {
	Edited string `json:"edited"`
	SHA256 string `json:"sha256"`
	Text   string `json:"text,omitempty"`
}

type stampItem struct {
	Seq       int64  `json:"log_seq"`
	Hash      string `json:"own_hash"`
	File      string `json:"file,omitempty"`
	Authority string `json:"authority,omitempty"`
	At        string `json:"at,omitempty"`
	Pending   bool   `json:"pending,omitempty"`
}

// extensions are the kinds of file that keep their kind in their name. What a
// double click could run or what calls the network (HTML, SVG) is not among them.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic", "image/heif": ".heif",
	"image/bmp": ".bmp", "image/tiff": ".tif", "application/pdf": ".pdf", "text/plain": ".txt",
	"audio/ogg": ".ogg", "application/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/wav": ".wav", "audio/aac": ".aac", "audio/amr": ".amr", "audio/flac": ".flac",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov", "video/x-matroska": ".mkv", "video/3gpp": ".3gp",
	"application/zip":    ".zip",
	"application/msword": ".doc", "application/vnd.ms-excel": ".xls",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       ".xlsx",
	"message/rfc822": ".eml",
}

// visible writes what can't be seen in a JSON text, and could deceive who reads
// it, as \u and its code.
func visible(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		switch {
		case r > 0x7e && (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r)):
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "\\u%04x", u)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// fileName is what an exhibit is called in the ZIP: by its number, never by the
// name it came with.
func fileName(number int, form, kind string) string {
	ext, known := extensions[strings.TrimSpace(strings.SplitN(kind, ";", 2)[0])]
	switch {
	case form == "text_only":
		ext = ".txt"
	case !known:
		ext = ".bin"
	}
	return fmt.Sprintf("exhibits/exhibit-%03d%s", number, ext)
}

// moment writes a time as the log and the manifest do; nothing for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// valid is a text as JSON keeps it: each byte that is no UTF-8 becomes a mark.
func valid(s string) string { return string([]rune(s)) }

func hashOf(p []byte) string {
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:])
}

// itemOf puts an exhibit down, without its file.
func itemOf(x *Exhibit) item {
	says := func(question string) string {
		if a := x.Answers[question]; a == "yes" || a == "no" {
			return a
		}
		return "unknown"
	}
	it := item{
		Number: x.Number, Kind: x.Kind, Form: x.Form, State: x.State, Why: x.Why, Same: x.Same, Out: x.Out,
		SHA256: x.SHA256, Size: x.Size, Type: valid(x.Type), Declared: valid(x.Declared), Name: valid(x.Name), Message: x.Message, Album: valid(x.Album),
		Sent: moment(x.Sent), Received: moment(x.Received), Stored: moment(x.Stored),
		Text: x.Text, Theirs: x.Theirs, Proofs: strings.Join(x.Proofs, " "), Shows: x.Shows,
		Whole: says("whole"), Unedited: says("unedited"), Dated: says("dated"), Sender: says("sender"),
		Parent: x.Parent, Cover: strings.Join(x.Cover, " "),
	}
	if x.Form == "text_only" {
		it.SHA256, it.Size = hashOf([]byte(x.Text)), int64(len(x.Text))
		if it.Text = x.Text; x.State == "kept" {
			it.Text = "" // it is the file
		}
	} else if x.Text != "" {
		it.Caption = hashOf([]byte(x.Text))
	}
	if f := x.Forward; f != nil {
		it.ForwardKind, it.ForwardName, it.ForwardDate = f.Kind, valid(f.Name), moment(f.Date)
	}
	for _, e := range x.Edits {
		it.Edits = append(it.Edits, editItem{moment(e.At), hashOf([]byte(e.Text)), e.Text})
	}
	if x.Out { // its words stay with the person
		it.Text, it.Shows = "", ""
		for i := range it.Edits {
			it.Edits[i].Text = ""
		}
	}
	return it
}

// line is a line of the log as far as it is looked into.
type line struct {
	Seq  int64             `json:"seq"`
	At   time.Time         `json:"at"`
	Case *int              `json:"case"`
	What string            `json:"what"`
	Data map[string]string `json:"data"`
	Prev string            `json:"prev"`
	hash string
}

var firstPrev = strings.Repeat("0", 2*sha256.Size)

// readLog reads the lines of a log and checks that they are a chain: each holds
// the hash of the one before, so that nothing can be changed, taken out or put in
// without all that follows being changed too.
func readLog(log [][]byte, number int) ([]line, error) {
	prev := firstPrev
	lines := make([]line, len(log))
	for i, text := range log {
		l := &lines[i]
		switch err := json.Unmarshal(text, l); {
		case bytes.ContainsAny(text, "\r\n"):
			return nil, fmt.Errorf("line %d of the log is more than one line", i+1)
		case err != nil:
			return nil, fmt.Errorf("line %d of the log can't be read", i+1)
		case l.Prev != prev || !bytes.HasSuffix(text, []byte(`,"prev":"`+prev+`"}`)):
			return nil, fmt.Errorf("line %d of the log does not follow from the line before it: one of the two was changed, or a line was taken out or put in", i+1)
		case l.Seq != int64(i+1):
			return nil, fmt.Errorf("line %d of the log has the number %d", i+1, l.Seq)
		case l.Case != nil && *l.Case != number:
			return nil, fmt.Errorf("line %d of the log is of case %d", i+1, *l.Case)
		}
		l.hash = hashOf(text)
		prev = l.hash
	}
	if len(lines) == 0 {
		return nil, errors.New("the log is empty")
	}
	return lines, nil
}

// head is head.json: the end of the log, which vouches for all before it. The
// shell loop of VERIFY.txt knows the order of its fields.
type head struct {
	Case int    `json:"case"`
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
	As   string `json:"as"`
}

func headOf(number int, lines []line) head {
	last := lines[len(lines)-1]
	return head{number, last.Seq, last.hash, moment(last.At)}
}

// held holds the items against the lines of the log, and tells each item the
// line it rests on.
func held(items []item, lines []line) error {
	byNumber := make(map[string]*item, len(items))
	edits := map[string]int{}
	for i := range items {
		it := &items[i]
		it.Seq, it.Prev, it.Hash = 0, "", ""
		byNumber[strconv.Itoa(it.Number)] = it
	}
	for _, l := range lines {
		if !slices.Contains([]string{"exhibit", "exhibit kept", "exhibit copy", "exhibit edited"}, l.What) {
			continue
		}
		number := l.Data["number"]
		if number == "" {
			number = l.Data["exhibit"] // as the first lines were written
		}
		it := byNumber[number]
		if it == nil {
			return fmt.Errorf("line %d of the log speaks of Exhibit %.20q, which the manifest does not have", l.Seq, number)
		}
		says := it.says()
		if l.What == "exhibit edited" {
			sum, written := l.Data["sha256"]
			if !written {
				continue
			}
			n := edits[number]
			if edits[number]++; n >= len(it.Edits) || it.Edits[n].SHA256 != sum {
				return fmt.Errorf("edit %d of Exhibit %d is not the one of line %d of the log", n+1, it.Number, l.Seq)
			}
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(l.Data)) {
			value, known := says[key]
			if key == "parent" && it.State == "same" {
				continue // what it is the same as has taken that place
			}
			if said := l.Data[key]; known && said != "" && value != said {
				return fmt.Errorf("Exhibit %d: its %s in the manifest is not the one of line %d of the log", it.Number, key, l.Seq)
			}
		}
		if l.Data["sha256"] != "" {
			it.Seq, it.Prev, it.Hash = l.Seq, l.Prev, l.hash
		}
	}
	return nil
}

// says gives what an item has in common with a line of the log, in the line's
// words.
func (it *item) says() map[string]string {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	return map[string]string{
		"number": number(int64(it.Number)), "kind": it.Kind, "form": it.Form, "message": number(int64(it.Message)),
		"sent": it.Sent, "album": it.Album, "declared": it.Declared, "name": it.Name,
		"forward_kind": it.ForwardKind, "forward_name": it.ForwardName, "forward_date": it.ForwardDate,
		"sha256": it.SHA256, "size": number(it.Size), "type": it.Type, "received": it.Received, "stored": it.Stored,
		"parent": number(int64(it.Parent)), "caption_sha256": it.Caption,
	}
}
