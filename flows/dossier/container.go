package dossier

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"regexp"
	"time"
)

// The ZIP is written in one form only (PKWARE APPNOTE 6.3.9, the plainest part
// of it): entries stored, not compressed, one after the other, sizes and CRC in
// front, no extra fields, no comments, one time for all. Stored, because the
// bytes of a compressor change with its version, and most exhibits are compressed
// already. So there is exactly one ZIP for one list of files, and a reader can
// refuse every other.

// entry is a file in the container.
type entry struct {
	name string
	crc  uint32
	size int64
	at   int64 // of its first byte, when read back
	hash string
}

// entryName is what a file may be called: nothing that a file system or a shell
// could take for something else.
var entryName = regexp.MustCompile(`^([a-z]+/)?[A-Za-z0-9][A-Za-z0-9-]*(\.[a-z0-9]+)?$`)

const (
	localSize, centralSize, endSize = 30, 46, 22
	madeBy                          = 3<<8 | 20 // Unix, 2.0: so that the mode below counts
	needs                           = 10        // 1.0
	mode                            = 0o100644
)

// container writes a ZIP.
type container struct {
	w       io.Writer
	n       int64
	when    uint32
	central bytes.Buffer
	count   int
}

func newContainer(w io.Writer, as time.Time) *container { return &container{w: w, when: dosTime(as)} }

// dosTime is a moment as a ZIP writes it, to two seconds, UTC.
func dosTime(t time.Time) uint32 {
	t = t.UTC()
	if t.Year() < 1980 || t.Year() > 2107 {
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	date := (t.Year()-1980)<<9 | int(t.Month())<<5 | t.Day()
	clock := t.Hour()<<11 | t.Minute()<<5 | t.Second()/2
	return uint32(date)<<16 | uint32(clock)
}

func (c *container) write(p []byte) error {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return err
}

// add writes one file; its size and CRC must be what e says.
func (c *container) add(e entry, r io.Reader) error {
	if !entryName.MatchString(e.name) {
		return fmt.Errorf("pack %q: that is no name for a file", e.name)
	}
	if e.size > 1<<31 || c.n > 1<<31 {
		return fmt.Errorf("pack %s: too large", e.name)
	}
	c.central.Write(centralHeader(e, c.n, c.when))
	c.count++
	if err := c.write(localHeader(e, c.when)); err != nil {
		return fmt.Errorf("pack %s: %w", e.name, err)
	}
	crc := crc32.NewIEEE()
	n, err := io.Copy(io.MultiWriter(c.w, crc), r)
	c.n += n
	if err == nil && (n != e.size || crc.Sum32() != e.crc) {
		err = errors.New("its bytes changed meanwhile")
	}
	if err != nil {
		return fmt.Errorf("pack %s: %w", e.name, err)
	}
	return nil
}

// close writes what comes after the files.
func (c *container) close() error {
	at := c.n
	if err := c.write(c.central.Bytes()); err != nil {
		return fmt.Errorf("finish the ZIP: %w", err)
	}
	if err := c.write(endRecord(c.count, int64(c.central.Len()), at)); err != nil {
		return fmt.Errorf("finish the ZIP: %w", err)
	}
	return nil
}

func localHeader(e entry, when uint32) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0x04034b50)
	b = le.AppendUint16(b, needs)
	b = le.AppendUint16(b, 0) // flags
	b = le.AppendUint16(b, 0) // stored
	b = le.AppendUint32(b, when)
	b = le.AppendUint32(b, e.crc)
	b = le.AppendUint32(b, uint32(e.size))
	b = le.AppendUint32(b, uint32(e.size))
	b = le.AppendUint16(b, uint16(len(e.name)))
	b = le.AppendUint16(b, 0) // extra
	return append(b, e.name...)
}

func centralHeader(e entry, at int64, when uint32) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0x02014b50)
	b = le.AppendUint16(b, madeBy)
	b = append(b, localHeader(e, when)[4:localSize]...)
	b = le.AppendUint16(b, 0) // comment
	b = le.AppendUint16(b, 0) // disk
	b = le.AppendUint16(b, 0) // internal attributes
	b = le.AppendUint32(b, mode<<16)
	b = le.AppendUint32(b, uint32(at))
	return append(b, e.name...)
}

func endRecord(count int, size, at int64) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0x06054b50)
	b = le.AppendUint32(b, 0) // disks
	b = le.AppendUint16(b, uint16(count))
	b = le.AppendUint16(b, uint16(count))
	b = le.AppendUint32(b, uint32(size))
	b = le.AppendUint32(b, uint32(at))
	return le.AppendUint16(b, 0) // comment
}

// readContainer reads a ZIP that has exactly the form container writes, and
// checks every byte that is not inside a file. The contents are not looked at.
func readContainer(r io.ReaderAt, size int64) (entries []entry, when uint32, err error) {
	le := binary.LittleEndian
	at := int64(0)
	names := map[string]bool{}
	var central []byte
	for {
		head := make([]byte, localSize)
		if err := readAt(r, head, at, size); err != nil {
			return nil, 0, fmt.Errorf("the file ends too early, at byte %d of a ZIP: something was cut off", size)
		}
		if le.Uint32(head) != 0x04034b50 {
			break
		}
		if at == 0 {
			when = le.Uint32(head[10:])
		}
		e := entry{crc: le.Uint32(head[14:]), size: int64(le.Uint32(head[18:])), name: string(make([]byte, le.Uint16(head[26:])))}
		name := []byte(e.name)
		if err := readAt(r, name, at+localSize, size); err != nil {
			return nil, 0, fmt.Errorf("the file ends too early, in the name of file %d: something was cut off", len(entries)+1)
		}
		e.name = string(name)
		if !entryName.MatchString(e.name) {
			return nil, 0, fmt.Errorf("file %d of the ZIP is called %.60q; a dossier has no such name", len(entries)+1, e.name)
		}
		if names[e.name] {
			return nil, 0, fmt.Errorf("%s is in the ZIP twice", e.name)
		}
		if !bytes.Equal(head, localHeader(e, when)[:localSize]) {
			return nil, 0, fmt.Errorf("what the ZIP says before %s is not as it was written", e.name)
		}
		names[e.name] = true
		central = append(central, centralHeader(e, at, when)...)
		e.at = at + localSize + int64(len(name))
		if e.size > size-e.at {
			return nil, 0, fmt.Errorf("the file ends too early, inside %s: something was cut off", e.name)
		}
		at = e.at + e.size
		entries = append(entries, e)
		if len(entries) > 1<<16-1 {
			return nil, 0, errors.New("the ZIP holds more files than a dossier can")
		}
	}
	if len(entries) == 0 {
		return nil, 0, errors.New("this is not a dossier: it does not begin like one")
	}
	want := append(central, endRecord(len(entries), int64(len(central)), at)...)
	got := make([]byte, min(int64(len(want)), size-at))
	if err := readAt(r, got, at, size); err != nil {
		return nil, 0, fmt.Errorf("read the end of the ZIP: %w", err)
	}
	switch {
	case !bytes.Equal(got, want):
		return nil, 0, fmt.Errorf("after the last file, %s, the ZIP is not as it was written", entries[len(entries)-1].name)
	case at+int64(len(want)) != size:
		return nil, 0, fmt.Errorf("%d bytes follow the end of the ZIP", size-at-int64(len(want)))
	}
	return entries, when, nil
}

// readAt fills p from byte at, or says why not.
func readAt(r io.ReaderAt, p []byte, at, size int64) error {
	if at+int64(len(p)) > size {
		return io.ErrUnexpectedEOF
	}
	n, err := r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	return err
}
