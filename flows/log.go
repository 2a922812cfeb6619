package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Entry is a line of a case's log. The log is a chain: each line holds the hash
// of the one before, so that nothing in it can be changed, taken out or put in
// without all that follows being changed too.
type Entry struct {
	Seq  int64             `json:"seq"` // within its case, from 1
	At   time.Time         `json:"at"`
	Case int               `json:"case"` // 0 = of the person, not of a case
	What string            `json:"what"`
	Data map[string]string `json:"data,omitempty"`
	Prev string            `json:"prev"` // hex SHA-256 of the line before, without its end of line; 64 zeros for the first
}

// FirstPrev stands where there is no line before.
var FirstPrev = strings.Repeat("0", 2*sha256.Size)

// Line writes an entry as it is kept, handed out and hashed: JSON in one line,
// keys always in the same order.
func (e Entry) Line() ([]byte, error) {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	line, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write a line of the log: %w", err)
	}
	return line, nil
}

// LineHash is what the next line holds of this one, hex.
func LineHash(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// Head is the end of a log: its last line vouches for all before it.
type Head struct {
	Person int64
	Case   int
	Seq    int64
	Hash   string // of the last line, hex
}

// Stamp is a time stamp of an authority (RFC 3161): at that time a line with
// this hash was there.
type Stamp struct {
	Seq       int64
	Hash      string
	Token     []byte // TimeStampToken, DER
	Authority string // address it came from
	At        time.Time
}
